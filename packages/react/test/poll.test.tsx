// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { usePoll } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("usePoll", () => {
  it("shows votes as they come, lets one vote, and ends", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const poll = { options: ["tea", "coffee"] };
    const { id } = await doing(() => ada.conversation("general").send({ text: "which?", poll }));
    await here.settle();
    const { result } = renderHook(() => usePoll("general", id), { wrapper: wrapperFor(ben) });
    expect(result.current.view).toMatchObject({ choices: [], isOpen: true, mayClose: false });
    await doing(() => result.current.toggle(1));
    expect(result.current.view).toMatchObject({ choices: [1], tally: { voters: 1 } });
    await doing(() => ada.conversation("general").vote(id, [0]));
    await here.settle();
    expect(result.current.view?.tally.results.map(({ count }) => count)).toEqual([1, 1]);
    await doing(() => ada.conversation("general").closePoll(id));
    await here.settle();
    expect(result.current.view).toMatchObject({ isOpen: false });
  });
});
