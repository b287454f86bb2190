// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { useBlocks } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("the hook for blocks", () => {
  it("shows whom one has blocked, and lets one block and unblock", async () => {
    const here = world();
    const client = await here.join("ada");
    const { result } = renderHook(() => useBlocks(), { wrapper: wrapperFor(client) });
    await doing(() => result.current.block("eve"));
    await here.settle();
    expect([...result.current.userIds]).toEqual(["eve"]);
    await doing(() => result.current.unblock("eve"));
    await here.settle();
    expect([...result.current.userIds]).toEqual([]);
  });
});
