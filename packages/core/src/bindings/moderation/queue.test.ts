import { describe, expect, it } from "vitest";
import type { ModerationCase } from "../../protocol/cases.ts";
import { MessagingError } from "../../errors/messaging-error.ts";
import { virtualClock } from "../../testing/virtual-clock.ts";
import type { ModerationBackend } from "./backend.ts";
import { parseCases } from "./parse-case.ts";
import { createModerationQueue } from "./queue.ts";

function caseOf(id: string): ModerationCase {
  const flags = [{ source: "person", reason: "rude", at: 1 }] as const;
  return {
    ...{ id, conversationId: "a", userId: "bob", status: "open" },
    ...{ openedAt: 1, urgency: 100, reports: 1, flags, revision: 3 },
  };
}

/** A backend of one's own, by the port: pages of two, and a network that may be away. */
function backend(ids: readonly string[]) {
  const open = new Set(ids);
  const state = { isAway: false, asked: 0, revision: 3 };
  const port: ModerationBackend = {
    async list({ after }) {
      state.asked += 1;
      if (state.isAway) throw new MessagingError("connection/failed");
      const left = [...open].filter((id) => after === undefined || id > after);
      const items = left.slice(0, 2).map(caseOf);
      return left.length > 2 ? { items, next: left[1] ?? "" } : { items };
    },
    read: async (id) => caseOf(id),
    async decide({ id, revision }) {
      if (revision !== state.revision) throw new MessagingError("moderation/changed");
      if (!open.delete(id)) throw new MessagingError("moderation/decided");
      return { ...caseOf(id), status: "approved" };
    },
  };
  return { port, state, open };
}

describe("the queue of a moderator", () => {
  it("is loaded while somebody looks, in pages, and again after a while", async () => {
    const clock = virtualClock();
    const { port, state, open } = backend(["1", "2", "3"]);
    const queue = createModerationQueue({ backend: port, conversationId: "a", clock, everyMs: 10_000 });
    const ids = (): readonly string[] => queue.get().cases.map(({ id }) => id);
    expect([ids(), state.asked]).toEqual([[], 0]);
    const stop = queue.subscribe(() => {});
    expect(queue.get().isLoading).toBe(true);
    await clock.settle();
    expect([ids(), queue.get().hasMore]).toEqual([["1", "2"], true]);
    await queue.loadMore();
    expect([ids(), queue.get().hasMore]).toEqual([["1", "2", "3"], false]);
    open.add("4");
    await clock.advance(10_000); // with the pages that somebody has loaded
    expect(ids()).toEqual(["1", "2", "3", "4"]);
    stop();
    const { asked } = state;
    await clock.advance(100_000);
    expect(state.asked).toBe(asked);
  });

  it("lets go what is decided, by whomever, and says where somebody else was first", async () => {
    const { port, open } = backend(["1", "2"]);
    const queue = createModerationQueue({ backend: port, conversationId: "a", clock: virtualClock() });
    await queue.refresh();
    const decided = queue.decide("1", "approve");
    expect([...queue.get().deciding]).toEqual(["1"]);
    expect(await decided).toMatchObject({ status: "approved" });
    expect(queue.get()).toMatchObject({ cases: [{ id: "2" }], deciding: new Set() });
    open.delete("2");
    await expect(queue.decide("2", "remove")).rejects.toMatchObject({ code: "moderation/decided" });
    expect(queue.get().cases).toEqual([]);
  });

  it("does not bring back what was decided while the list was on its way", async () => {
    const { port } = backend(["1", "2"]);
    let answer = (): void => {};
    const slow: ModerationBackend = {
      ...port,
      async list(query) {
        const page = await port.list(query);
        await new Promise<void>((resolve) => (answer = resolve));
        return page;
      },
    };
    const queue = createModerationQueue({ backend: slow, conversationId: "a", clock: virtualClock() });
    for (let times = 0; times < 2; times += 1) {
      const listed = queue.refresh();
      await Promise.resolve();
      if (times === 1) await queue.decide("1", "approve");
      answer();
      await listed;
    }
    expect(queue.get()).toMatchObject({ cases: [{ id: "2" }], isLoading: false });
  });

  it("decides about what it shows, and shows anew what has changed meanwhile", async () => {
    const { port, state } = backend(["1"]);
    const queue = createModerationQueue({ backend: port, conversationId: "a", clock: virtualClock() });
    await queue.refresh();
    state.revision = 4;
    await expect(queue.decide("1", "remove")).rejects.toMatchObject({ code: "moderation/changed" });
    expect([state.asked, queue.get().cases.length]).toEqual([2, 1]);
  });

  it("keeps what it has while the network is away, and says so", async () => {
    const { port, state } = backend(["1"]);
    const queue = createModerationQueue({ backend: port, conversationId: "a", clock: virtualClock() });
    await queue.refresh();
    state.isAway = true;
    await queue.refresh();
    expect(queue.get()).toMatchObject({ cases: [{ id: "1" }], error: { code: "connection/failed" } });
    state.isAway = false;
    await queue.refresh();
    expect(queue.get().error).toBeUndefined();
  });
});

describe("what a server says of cases", () => {
  it("is read field by field; what is none is refused", () => {
    const items = [caseOf("1")];
    expect(parseCases({ items, more: 1 })).toEqual({ items });
    for (const wrong of [{ id: 1 }, { status: "gone" }, { flags: [{}] }, { message: { type: "message" } }])
      expect(() => parseCases({ items: [{ ...caseOf("1"), ...wrong }] })).toThrow("wrong at");
    expect(() => parseCases("<html>")).toThrow("unable");
  });
});
