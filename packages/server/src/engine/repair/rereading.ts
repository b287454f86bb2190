import { type AnyRecord, type Change, type ChangeKind, NOTEBOOKS } from "@tidings/core/protocol";
import type { CommittedEvent } from "../../bus/bus.ts";
import type { Store } from "../../store/store.ts";
import type { LiveConversation, OnlineUser } from "../online.ts";
import type { Roster } from "../roster.ts";

export interface RereadingOptions {
  readonly store: Pick<Store, "query" | "memberships">;
  readonly roster: Roster;
  readonly newId: () => string;
  /** Tells what was read, if it was not told meanwhile. */
  readonly fill: (event: CommittedEvent) => void;
  /** Lets somebody in here who is in according to the store. */
  readonly admit: (event: CommittedEvent) => void;
  /** From this revision on nothing has to be read: it is here, and waits for what was before it. */
  readonly firstHeld: (conversationId: string) => number;
  /** How far it is here, told or held. */
  readonly heard: (conversationId: string) => number;
  /** This conversation has to be read. */
  readonly doubt: (conversationId: string) => void;
}

const PAGE = 100;

/** The change that a record's state looks like: its history is not kept, and nobody decides by it. */
const kindOf: Readonly<Record<AnyRecord["type"], ChangeKind>> = {
  conversation: "conversation.update",
  participant: "participant.join",
  message: "message.edit",
  note: "note.set",
};

/** Reads from the store what was told to nobody here, and tells it. Rejects if the store does. */
export class Rereading {
  readonly #options: RereadingOptions;

  constructor(options: RereadingOptions) {
    this.#options = options;
  }

  /** Brings a user into what they are in; what they lack of it, or are not in any more, becomes doubtful. */
  async user(userId: string): Promise<void> {
    const { store, roster, heard, doubt } = this.#options;
    const memberships = await store.memberships(userId);
    const user = roster.users.get(userId);
    if (!user) return;
    const others = new Set([...user.conversations].map(({ id }) => id));
    for (const { head } of memberships) {
      const { conversationId, rev } = head;
      if (!others.delete(conversationId)) await this.#enter(user, conversationId);
      else if (rev > heard(conversationId)) doubt(conversationId);
    }
    for (const conversationId of others) doubt(conversationId);
  }

  async #enter(user: OnlineUser, conversationId: string): Promise<void> {
    const { store, roster, newId, admit, doubt } = this.#options;
    const answer = await store.query(user.id, { type: "conversation", conversationId });
    if (!answer.ok || !("self" in answer.result)) return;
    const { head, self, conversation } = answer.result;
    const live = roster.conversation(conversationId);
    // What was told since knows better. What says that they came in may still have to be read: it lets them in.
    if (!live || (live.head.rev <= head.rev && self.rev <= live.head.rev && !live.users.has(user))) {
      const { settings } = conversation;
      const changes = [changeOf(conversationId, self, newId())];
      admit({ type: "committed", head: live?.head ?? head, settings, changes, origin: undefined });
    }
    // Nor was anybody here told of what came while this was read.
    doubt(conversationId);
  }

  /**
   * Tells what a conversation has had since it was last heard of, as far as nothing newer is held.
   *
   * @returns false if that could not be read to the end.
   */
  async conversation(conversationId: string): Promise<boolean> {
    const { roster } = this.#options;
    const live = roster.conversation(conversationId);
    if (!live) return true;
    const before = live.head.rev;
    const refused: OnlineUser[] = [];
    // Any of those who are in may read for all.
    for (const user of live.users) {
      if (await this.#since(live, user.id)) return true;
      refused.push(user);
    }
    if (live.head.rev !== before) return false;
    for (const user of refused) roster.expel(user, live);
    return live.users.size === 0;
  }

  /** @returns false if `readerId` may not. */
  async #since(live: LiveConversation, readerId: string): Promise<boolean> {
    const { store, roster, firstHeld } = this.#options;
    const { id: conversationId } = live;
    while (roster.conversation(conversationId) === live) {
      const { rev: afterRev } = live.head;
      const answer = await store.query(readerId, { type: "changes", conversationId, afterRev, limit: PAGE });
      if (!answer.ok) return false;
      const { result } = answer;
      if (!("upTo" in result) || result.reset || result.upTo <= afterRev) return true;
      if (live.head.rev !== afterRev) continue; // what was told meanwhile must not be told again
      const upTo = Math.min(result.upTo, firstHeld(conversationId) - 1);
      this.#tell(live, result.records, upTo);
      if (upTo < result.upTo || upTo === result.head.rev) return true;
    }
    return true;
  }

  #tell(live: LiveConversation, records: readonly AnyRecord[], upTo: number): void {
    const { roster, fill, newId } = this.#options;
    for (const record of records) {
      const user = record.type === "participant" && roster.users.get(record.userId);
      if (user) roster.suspect(user, live, record.rev);
    }
    const { id: conversationId } = live;
    const origin = undefined;
    for (const record of records) {
      if (record.rev > upTo) break;
      const seq = Math.max(live.head.seq, record.type === "message" ? record.seq : 0);
      const head = { conversationId, rev: record.rev, seq };
      const settings = record.type === "conversation" ? record.settings : live.settings;
      const changes = [changeOf(conversationId, record, newId())];
      fill({ type: "committed", head, settings, changes, origin });
    }
    // Records that changed again since are not in what was read, and come with that.
    const head = { ...live.head, rev: upTo };
    fill({ type: "committed", head, settings: live.settings, changes: [], origin });
  }
}

/** @param commandId - if it is not known which command it was: it is kept only as the id of a message nobody touched. */
function changeOf(conversationId: string, record: AnyRecord, commandId: string): Change {
  const { rev } = record;
  const common = { conversationId, rev, record, commandId };
  switch (record.type) {
    case "conversation":
      return { ...common, kind: kindOf.conversation, actorId: record.createdBy, at: record.createdAt };
    case "participant":
      return { ...common, kind: kindOf.participant, actorId: record.userId, at: record.joinedAt };
    case "note":
      return { ...common, kind: kindOf.note, actorId: conversationId.slice(NOTEBOOKS.length), at: record.at };
    case "message": {
      const { version, reactions, deletedAt, id, authorId: actorId, createdAt: at } = record;
      const isNew = version === 0 && reactions.length === 0 && deletedAt === undefined;
      if (isNew) return { ...common, kind: "message.send", actorId, at, commandId: id };
      return { ...common, kind: kindOf.message, actorId, at };
    }
  }
}
