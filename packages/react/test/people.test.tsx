// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { useBringDate, usePins, useReactors, useVoters } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("hooks for what a message is to others", () => {
  it("list who reacted and who voted, and what is pinned, as it changes", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    await doing(() =>
      ada.createConversation({ conversationId: "ours", kind: "group", participants: [{ userId: "ben" }] }),
    );
    const room = ada.conversation("ours");
    const { id } = await doing(() => room.send({ text: "which?", poll: { options: ["tea", "coffee"] } }));
    await doing(() => room.react(id, "👍"));
    await here.settle();
    const { result } = renderHook(
      () => ({
        reactors: useReactors("ours", id, "👍"),
        voters: useVoters("ours", id, 1),
        pins: usePins("ours"),
      }),
      { wrapper: wrapperFor(ben) },
    );
    await here.settle();
    expect(result.current.reactors).toMatchObject({ userIds: ["ada"], hasMore: false, isLoading: false });
    expect(result.current.pins).toMatchObject({ messages: [], complete: true });
    await doing(() => ben.conversation("ours").vote(id, [1]));
    await doing(() => room.pin(id));
    await here.settle();
    expect(result.current.voters.userIds).toEqual(["ben"]);
    expect(result.current.pins.messages.map((message) => message.id)).toEqual([id]);
  });

  it("lead to the first message of a day", async () => {
    const here = world();
    const ada = await here.join("ada");
    await doing(() => ada.conversation("general").send("yesterday"));
    await here.settle(1_000);
    const at = here.clock.now();
    const { id } = await doing(() => ada.conversation("general").send("today"));
    const { result, rerender } = renderHook(() => useBringDate("general"), { wrapper: wrapperFor(ada) });
    const bring = result.current;
    expect(await doing(() => bring(at))).toBe(id);
    rerender();
    expect(result.current).toBe(bring);
  });
});
