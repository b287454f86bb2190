// @vitest-environment jsdom
import type { ModerationBackend, ModerationCase } from "@tidings/core/moderation";
import { renderHook } from "@testing-library/react";
import { useModeration, useReports } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("the hook for reports", () => {
  it("shows what one has reported, and lets one report more", async () => {
    const here = world();
    const eve = await here.join("eve");
    const { id } = await eve.conversation("general").send("rude");
    const client = await here.join("ada");
    const { result } = renderHook(() => useReports(), { wrapper: wrapperFor(client) });
    await doing(() => result.current.reportMessage("general", id, "no"));
    await doing(() => result.current.reportPerson("general", "eve"));
    await here.settle();
    const { reports, appeals } = result.current;
    expect(new Set(reports.map(({ messageId, userId }) => messageId ?? userId))).toEqual(
      new Set([id, "eve"]),
    );
    expect(appeals).toEqual([]);
  });
});

describe("the hook for moderators", () => {
  const caseOf = (id: string): ModerationCase => ({
    ...{
      id,
      conversationId: "a",
      userId: "bob",
      status: "open",
      openedAt: 1,
      revision: 1,
      urgency: 100,
      reports: 1,
      flags: [],
    },
  });
  /** A backend of one's own, by the port. */
  const backend: ModerationBackend = {
    list: async ({ conversationId }) => ({
      items: [caseOf(`${conversationId} 1`), caseOf(`${conversationId} 2`)],
    }),
    read: async (id) => caseOf(id),
    decide: async ({ id }) => ({ ...caseOf(id), status: "approved" }),
  };

  it("shows the cases of a conversation, then those of another, without what is decided", async () => {
    const here = world();
    const client = await here.join("ada");
    const { clock } = here;
    const { result, rerender } = renderHook(
      ({ conversationId }) => useModeration({ backend, conversationId, clock }),
      { wrapper: wrapperFor(client), initialProps: { conversationId: "a" } },
    );
    const ids = (): readonly string[] => result.current.cases.map(({ id }) => id);
    await here.settle();
    expect(ids()).toEqual(["a 1", "a 2"]);
    await doing(() => result.current.decide("a 1", "approve"));
    expect(ids()).toEqual(["a 2"]);
    rerender({ conversationId: "b" });
    await here.settle();
    expect(ids()).toEqual(["b 1", "b 2"]);
  });
});
