import type { AnyRecord, Change, ChangeKind } from "@tidings/core/protocol";
import { newId } from "../../gateway/ids.ts";
import type { Store } from "../../store/store.ts";
import type { BusEvent, CommittedEvent, NodeView } from "../bus.ts";

export interface RereadingOptions {
  readonly store: Pick<Store, "query" | "memberships">;
  readonly node: NodeView;
  readonly deliver: (events: readonly BusEvent[]) => void;
  readonly onRepaired: (changes: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Users re-read at once, so that it does not keep the store from everybody else. */
const AT_ONCE = 4;

const PAGE = 100;

/** The change that a record's state looks like: its history is not kept, and nobody decides by it. */
const kindOf: Readonly<Record<AnyRecord["type"], ChangeKind>> = {
  conversation: "conversation.update",
  participant: "participant.join",
  message: "message.edit",
};

/** Reads from the store what the bus lost: it is what happened, the bus only says it sooner (D4). */
export class Rereading {
  readonly #options: RereadingOptions;
  #isRunning = false;
  #isWanted = false;

  constructor(options: RereadingOptions) {
    this.#options = options;
  }

  /** Something may have been lost, nobody knows what: everybody online here is looked after. */
  async everything(): Promise<void> {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#pass();
      }
    } catch (error) {
      this.#options.onFailure(error);
      this.#isWanted = true; // Next time, all of it.
    } finally {
      this.#isRunning = false;
    }
  }

  /** A pass that could not be finished. */
  get isUnfinished(): boolean {
    return this.#isWanted && !this.#isRunning;
  }

  async #pass(): Promise<void> {
    const userIds = [...this.#options.node.userIds()].values();
    const worker = async (): Promise<void> => {
      for (const userId of userIds) await this.#user(userId);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #user(userId: string): Promise<void> {
    const { store, node } = this.#options;
    const memberships = await store.memberships(userId);
    const theirs = new Set(node.conversationIds(userId));
    for (const { head } of memberships) {
      if (!theirs.delete(head.conversationId)) await this.#admit(userId, head.conversationId);
      const known = node.conversation(head.conversationId)?.head.rev ?? Infinity;
      if (head.rev > known) await this.conversation(head.conversationId);
    }
    for (const conversationId of theirs) await this.#admit(userId, conversationId);
  }

  /** Lets a user into a conversation here, or out of it: whichever is so. */
  async #admit(userId: string, conversationId: string): Promise<void> {
    const { store, node, deliver } = this.#options;
    const before = node.conversation(conversationId)?.head.rev;
    const answer = await store.query(userId, { type: "conversation", conversationId });
    // What was delivered meanwhile knows better.
    if (node.conversation(conversationId)?.head.rev !== before) return;
    if (!answer.ok) return deliver([{ type: "gone", conversationId, userId }]);
    const { result } = answer;
    if (!("self" in result)) return;
    const { head, self, conversation } = result;
    const rev = before === undefined ? head.rev : Math.min(before, head.rev);
    const changes = [changeOf(conversationId, self)];
    // Not the head of now: what lies between is still to be delivered to those who are in already.
    deliver([
      {
        type: "committed",
        head: { ...head, rev },
        settings: conversation.settings,
        changes,
        origin: undefined,
      },
    ]);
  }

  /** Reads what a conversation has had since it was last heard of, as somebody who is in it. */
  async conversation(conversationId: string): Promise<void> {
    const { node, onRepaired, onFailure } = this.#options;
    try {
      for (const userId of node.conversation(conversationId)?.userIds ?? []) {
        const repaired = await this.#since(conversationId, userId);
        if (repaired !== undefined) return onRepaired(repaired);
        await this.#admit(userId, conversationId); // No: they are not in it any more.
      }
    } catch (error) {
      this.#isWanted = true;
      onFailure(error);
    }
  }

  /** @returns how many records were read; undefined if `userId` may not. */
  async #since(conversationId: string, userId: string): Promise<number | undefined> {
    const { store, node, deliver } = this.#options;
    for (let count = 0; ;) {
      const live = node.conversation(conversationId);
      if (!live) return count;
      const afterRev = live.head.rev;
      const answer = await store.query(userId, { type: "changes", conversationId, afterRev, limit: PAGE });
      if (!answer.ok) return undefined;
      const { result } = answer;
      if (!("upTo" in result) || result.reset || result.upTo <= afterRev) return count;
      const event = eventOf(conversationId, result.records, result.upTo, live);
      if (event.changes.length === 0) return count;
      // What the bus brought meanwhile is newer, and must not be undone.
      if (node.conversation(conversationId)?.head.rev !== afterRev) continue;
      deliver([event]);
      count += result.records.length;
    }
  }
}

function eventOf(
  conversationId: string,
  records: readonly AnyRecord[],
  upTo: number,
  live: { readonly head: { readonly seq: number }; readonly settings: CommittedEvent["settings"] },
): CommittedEvent {
  const changes = records.map((record) => changeOf(conversationId, record));
  const seqs = records.map((record) => (record.type === "message" ? record.seq : 0));
  const head = { conversationId, rev: upTo, seq: Math.max(live.head.seq, ...seqs) };
  const conversation = records.find((record) => record.type === "conversation");
  return {
    type: "committed",
    head,
    settings: conversation?.settings ?? live.settings,
    changes,
    origin: undefined,
  };
}

function changeOf(conversationId: string, record: AnyRecord): Change {
  const isNew = record.type === "message" && record.version === 0 && record.reactions.length === 0;
  const kind = isNew && record.deletedAt === undefined ? "message.send" : kindOf[record.type];
  const actorId =
    record.type === "message"
      ? record.authorId
      : record.type === "participant"
        ? record.userId
        : record.createdBy;
  const at =
    record.type === "message"
      ? record.createdAt
      : record.type === "participant"
        ? record.joinedAt
        : record.createdAt;
  // Which command it was is not kept, but for a message that nobody touched: its id is its command's.
  const commandId = kind === "message.send" && record.type === "message" ? record.id : newId();
  return { conversationId, rev: record.rev, kind, actorId, at, commandId, record };
}
