// @vitest-environment jsdom
import type { FiguresBackend } from "@tidings/core/figures";
import { MessagingError } from "@tidings/core/errors";
import { renderHook } from "@testing-library/react";
import { useFigures } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("the hook for figures", () => {
  it("shows a conversation in figures, then another stretch of time, and offline what was known last (row I2)", async () => {
    const here = world();
    const client = await here.join("ada");
    let isAway = false;
    const asked: string[] = [];
    const backend: FiguresBackend = {
      async of({ conversationId, until, offsetMinutes }) {
        asked.push(`${conversationId} ${until} ${offsetMinutes}`);
        if (isAway) throw new MessagingError("connection/failed");
        return { days: [], total: { messages: until, people: 1, reactions: 0 } };
      },
      csv: async ({ until }) => new Blob([String(until)]),
    };
    const { result, rerender } = renderHook((changing) => useFigures({ backend, since: 0, ...changing }), {
      wrapper: wrapperFor(client),
      initialProps: { conversationId: "general", until: 5, offsetMinutes: 60 },
    });
    const shown = () => [result.current.known?.figures.total.messages, result.current.error?.code];
    expect(result.current).toMatchObject({ known: undefined, isLoading: true });
    await here.settle();
    expect(shown()).toEqual([5, undefined]);
    rerender({ conversationId: "general", until: 7, offsetMinutes: 60 });
    await here.settle();
    expect(shown()).toEqual([7, undefined]);
    expect(await (await result.current.csv()).text()).toBe("7");
    isAway = true;
    await doing(() => result.current.refresh());
    expect(shown()).toEqual([7, "connection/failed"]);
    rerender({ conversationId: "general", until: 9, offsetMinutes: 60 });
    await here.settle();
    expect([...shown(), result.current.known?.until]).toEqual([7, "connection/failed", 7]);
    isAway = false;
    rerender({ conversationId: "general", until: 9, offsetMinutes: -60 });
    await here.settle();
    rerender({ conversationId: "other", until: 9, offsetMinutes: -60 });
    await here.settle();
    expect([...new Set(asked)]).toEqual([
      ...["general 5 60", "general 7 60", "general 9 60", "general 9 -60", "other 9 -60"],
    ]);
  });
});
