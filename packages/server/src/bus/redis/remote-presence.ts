import type { PresenceStatus } from "@tidings/core/protocol";
import type { NodeView, PresenceEvent } from "../bus.ts";

const order: readonly PresenceStatus[] = ["online", "away", "offline"];

/**
 * How people appear who may be online on several nodes: as the best of them says. Kept only of conversations that
 * somebody here looks at, so it is as large as what is shown (D9).
 */
export class RemotePresence {
  readonly #node: NodeView;
  /** By conversation, user and node. */
  readonly #told = new Map<string, Map<string, Map<string, PresenceStatus>>>();

  constructor(node: NodeView) {
    this.#node = node;
  }

  /**
   * Notes what a node said, or this one if `from` is empty.
   *
   * @returns what is to be shown here, which another node may contradict.
   */
  note(from: string, { userId, status, conversationIds }: PresenceEvent): readonly PresenceEvent[] {
    return conversationIds.flatMap((conversationId): PresenceEvent[] => {
      if (!this.#node.isWatched(conversationId)) return [];
      if (from !== "") this.#set(conversationId, userId, from, status);
      const shown = this.#best(
        conversationId,
        userId,
        from === "" ? status : this.#here(conversationId, userId),
      );
      return [{ type: "presence", userId, status: shown, conversationIds: [conversationId] }];
    });
  }

  /**
   * A node says anew who is in these conversations there: nobody but those it names.
   *
   * @returns what is to be shown here, of whom it was not known.
   */
  renew(
    from: string,
    conversationIds: readonly string[],
    named: readonly PresenceEvent[],
  ): readonly PresenceEvent[] {
    const present = named.flatMap((event) =>
      event.conversationIds.map((id) => ({ ...event, conversationIds: [id] })),
    );
    const keys = new Set(present.map(({ conversationIds: [id], userId }) => JSON.stringify([id, userId])));
    const gone = conversationIds.flatMap((conversationId) =>
      [...(this.#told.get(conversationId) ?? [])]
        .filter(([userId, nodes]) => nodes.has(from) && !keys.has(JSON.stringify([conversationId, userId])))
        .map(([userId]): PresenceEvent => ({
          ...{ type: "presence", userId, status: "offline", conversationIds: [conversationId] },
        })),
    );
    const news = present.filter(
      ({ conversationIds: [id = ""], userId, status }) =>
        this.#told.get(id)?.get(userId)?.get(from) !== status,
    );
    return [...gone, ...news].flatMap((event) => this.note(from, event));
  }

  /** A node is gone, and with it everybody who was only there. */
  drop(from: string): readonly PresenceEvent[] {
    const gone: PresenceEvent[] = [];
    for (const [conversationId, users] of this.#told) {
      for (const [userId, nodes] of users) {
        if (nodes.has(from)) {
          gone.push(
            ...this.note(from, {
              type: "presence",
              userId,
              status: "offline",
              conversationIds: [conversationId],
            }),
          );
        }
      }
    }
    return gone;
  }

  /** Forgets what nobody here looks at any more. */
  sweep(): void {
    for (const conversationId of this.#told.keys()) {
      if (!this.#node.isWatched(conversationId)) this.#told.delete(conversationId);
    }
  }

  #set(conversationId: string, userId: string, from: string, status: PresenceStatus): void {
    const users = this.#told.get(conversationId) ?? new Map<string, Map<string, PresenceStatus>>();
    const nodes = users.get(userId) ?? new Map<string, PresenceStatus>();
    if (status === "offline") nodes.delete(from);
    else nodes.set(from, status);
    if (nodes.size > 0) users.set(userId, nodes);
    else users.delete(userId);
    if (users.size > 0) this.#told.set(conversationId, users);
    else this.#told.delete(conversationId);
  }

  #here(conversationId: string, userId: string): PresenceStatus {
    for (const signal of this.#node.signals(conversationId)) {
      if (signal.type === "presence" && signal.userId === userId) return signal.status;
    }
    return "offline";
  }

  #best(conversationId: string, userId: string, here: PresenceStatus): PresenceStatus {
    const elsewhere = [...(this.#told.get(conversationId)?.get(userId)?.values() ?? [])];
    return order.find((status) => status === here || elsewhere.includes(status)) ?? "offline";
  }
}
