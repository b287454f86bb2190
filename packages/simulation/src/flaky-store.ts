import type { Store } from "@tidings/server/store";

/** `refuse`: nothing is written. `forget`: all of it is, and nobody is told; the server must call it failed. */
export type StoreFault = "refuse" | "forget";

/** A store whose disk is full now and then, and whose driver loses the answer to a commit. Asked at each commit. */
export function flakyStore(inner: Store, next: () => StoreFault | undefined): Store {
  return {
    epoch: inner.epoch,
    async commit(items, admit) {
      const fault = next();
      if (fault === "refuse") throw new Error("simulated: the commit failed");
      const outcomes = await inner.commit(items, admit);
      if (fault === "forget") throw new Error("simulated: the answer to the commit was lost");
      return outcomes;
    },
    query: (readerId, query) => inner.query(readerId, query),
    memberships: (userId) => inner.memberships(userId),
    wasIn: (conversationId, userId) => inner.wasIn(conversationId, userId),
    forgetAnswers: (before) => inner.forgetAnswers(before),
    close: () => inner.close(),
  };
}
