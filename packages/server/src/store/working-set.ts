import {
  type Accepted,
  filesIn,
  type KnownFile,
  type ReactionFact,
  recount,
  type Records,
} from "@tidings/core/domain";
import {
  type Change,
  type Head,
  type MessageRecord,
  type MessageVersion,
  noteIdOf,
  type NoteRecord,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import type { ConversationState, Rows } from "./rows.ts";

/** Rows as last committed, so that a busy conversation is not read again for every command. */
export interface Caches {
  readonly conversations: Cache<ConversationState>;
  readonly participants: Cache<ParticipantRecord>;
  readonly messages: Cache<MessageRecord>;
  readonly receipts: Cache<Receipt>;
}

interface Cache<Item> {
  get(id: string): Item | undefined;
  set(id: string, item: Item): void;
}

interface WrittenMessage {
  readonly key: number;
  readonly record: MessageRecord;
  /** Of a new one: the revision it came with. */
  readonly sentRev: number | undefined;
}

/**
 * What one transaction reads and is about to write: its own changes over the caches over the tables. Rows are written
 * once at the end, however many commands changed them; the caches learn of them only when the commit has succeeded.
 */
export class WorkingSet {
  readonly #rows: Rows;
  readonly #caches: Caches;
  readonly #conversations = new Map<string, ConversationState>();
  readonly #participants = new Map<string, { readonly key: number; readonly record: ParticipantRecord }>();
  readonly #messages = new Map<string, WrittenMessage>();
  readonly #receipts = new Map<string, { readonly key: number; readonly receipt: Receipt }>();
  readonly #reactions = new Map<string, { readonly key: number; readonly fact: ReactionFact }>();
  readonly #notes = new Map<string, { readonly key: number; readonly record: NoteRecord }>();
  /** Files that messages of this transaction show. */
  readonly #shown = new Set<string>();
  readonly #versions: { readonly key: number; readonly version: MessageVersion }[] = [];
  /** Ids known to be no message's, so that nobody looks for them in vain. */
  readonly #unusedIds: ReadonlySet<string>;

  constructor(rows: Rows, caches: Caches, unusedIds: ReadonlySet<string>) {
    this.#rows = rows;
    this.#caches = caches;
    this.#unusedIds = unusedIds;
  }

  conversation(conversationId: string): ConversationState {
    const changed = this.#conversations.get(conversationId) ?? this.#caches.conversations.get(conversationId);
    if (changed) return changed;
    const stored = this.#rows.conversation(conversationId);
    if (stored) this.#caches.conversations.set(conversationId, stored);
    return stored ?? absent(conversationId);
  }

  participant(conversation: ConversationState, userId: string): ParticipantRecord | undefined {
    if (conversation.key === 0) return undefined;
    const id = `${conversation.key}/${userId}`;
    const known = this.#participants.get(id)?.record ?? this.#caches.participants.get(id);
    if (known) return known;
    const stored = this.#rows.participant(conversation.key, userId);
    if (stored) this.#caches.participants.set(id, stored);
    return stored;
  }

  message(messageId: string): MessageRecord | undefined {
    const known = this.#messages.get(messageId)?.record ?? this.#caches.messages.get(messageId);
    if (known || this.#unusedIds.has(messageId)) return known;
    const stored = this.#rows.message(messageId);
    if (stored) this.#caches.messages.set(messageId, stored);
    return stored;
  }

  receipt(conversation: ConversationState, userId: string): Receipt | undefined {
    if (conversation.key === 0) return undefined;
    const id = `${conversation.key}/${userId}`;
    const known = this.#receipts.get(id)?.receipt ?? this.#caches.receipts.get(id);
    if (known) return known;
    const stored = this.#rows.receipt(conversation.key, conversation.head.conversationId, userId);
    if (stored) this.#caches.receipts.set(id, stored);
    return stored;
  }

  note({ key, head }: ConversationState, noteId: string): NoteRecord | undefined {
    if (key === 0) return undefined;
    return this.#notes.get(`${key}/${noteId}`)?.record ?? this.#rows.note(key, head.conversationId, noteId);
  }

  /** A file as those know it who want to show it in a conversation. */
  file(conversationId: string, fileId: string, userId: string): KnownFile | undefined {
    const found = this.#rows.file(fileId, userId);
    if (!found || found.file.state === "gone") return undefined;
    const { ownerId, conversationId: home, state, fault, mediaType, size } = found.file;
    const isOwn = ownerId === userId && (home === conversationId || this.#shown.has(fileId));
    return { isTheirs: isOwn || found.isReadable, isReady: state === "ready", fault, mediaType, size };
  }

  /** One conversation as `apply` wants it. */
  records(conversationId: string): Records {
    const conversation = this.conversation(conversationId);
    const { head, record, counts } = conversation;
    return {
      head,
      conversation: record,
      counts,
      participant: (userId) => this.participant(conversation, userId),
      message: (messageId) => {
        const message = this.message(messageId);
        return message?.conversationId === conversationId ? message : undefined;
      },
      receipt: (userId) => this.receipt(conversation, userId),
      note: (noteId) => this.note(conversation, noteId),
      file: (fileId, userId) => this.file(conversationId, fileId, userId),
      hasReacted: (messageId, userId, emoji) =>
        this.#reactions.get(reactionId(messageId, userId, emoji))?.fact.present ??
        this.#rows.hasReacted(messageId, userId, emoji),
    };
  }

  /** Takes over what a command did. */
  absorb(conversationId: string, { changes, receipt, reactions = [], replaced }: Accepted): void {
    for (const change of changes) this.#absorbChange(change);
    const { key } = this.conversation(conversationId);
    if (receipt) this.#receipts.set(`${key}/${receipt.userId}`, { key, receipt });
    for (const fact of reactions) {
      const { messageId, userId, emoji } = fact;
      this.#reactions.set(reactionId(messageId, userId, emoji), { key, fact });
    }
    if (replaced) this.#versions.push({ key, version: replaced });
  }

  #absorbChange({ conversationId, rev, at, record }: Change): void {
    const before = this.conversation(conversationId);
    const key = before.key || this.#rows.takeKey();
    const head = { ...before.head, rev };
    switch (record.type) {
      case "conversation":
        this.#conversations.set(conversationId, {
          ...before,
          key,
          head,
          record,
          activeAt: before.activeAt || at,
        });
        break;
      case "participant": {
        const counts = recount(before.counts, this.participant(before, record.userId), record);
        this.#participants.set(`${key}/${record.userId}`, { key, record });
        this.#conversations.set(conversationId, { ...before, key, head, counts });
        break;
      }
      case "note": {
        const id = noteIdOf(record.subject);
        const counts = recount(before.counts, this.note(before, id), record);
        this.#notes.set(`${key}/${id}`, { key, record });
        this.#conversations.set(conversationId, { ...before, key, head, counts });
        break;
      }
      case "message": {
        const previous = this.message(record.id);
        for (const fileId of filesIn(record.content)) this.#shown.add(fileId);
        // Sent by this very transaction, perhaps by an earlier command of it: catch-up goes by where it was sent (D4).
        const sentRev = previous ? this.#messages.get(record.id)?.sentRev : rev;
        this.#messages.set(record.id, { key, record, sentRev });
        this.#conversations.set(conversationId, {
          ...before,
          head: { conversationId, rev, seq: Math.max(before.head.seq, record.seq) },
          counts: recount(before.counts, previous, record),
          activeAt: previous ? before.activeAt : at,
        });
        break;
      }
    }
  }

  /** To be called inside the transaction. */
  write(): void {
    for (const state of this.#conversations.values()) this.#rows.putConversation(state);
    for (const { key, record } of this.#participants.values()) this.#rows.putParticipant(key, record);
    for (const { key, record, sentRev } of this.#messages.values())
      this.#rows.putMessage(key, record, sentRev);
    for (const { key, version } of this.#versions) this.#rows.putVersion(key, version);
    for (const { key, fact } of this.#reactions.values()) {
      this.#rows.putReaction(key, fact.messageId, fact.userId, fact.emoji, fact.present);
    }
    for (const { key, record } of this.#notes.values()) this.#rows.putNote(key, record);
    for (const { key, receipt } of this.#receipts.values()) this.#rows.putReceipt(key, receipt);
  }

  /** To be called once the commit has succeeded. */
  publish(): void {
    for (const [id, state] of this.#conversations) this.#caches.conversations.set(id, state);
    for (const [id, { record }] of this.#participants) this.#caches.participants.set(id, record);
    for (const [id, { record }] of this.#messages) this.#caches.messages.set(id, record);
    for (const [id, { receipt }] of this.#receipts) this.#caches.receipts.set(id, receipt);
  }
}

function absent(conversationId: string): ConversationState {
  const head: Head = { conversationId, rev: 0, seq: 0 };
  return { key: 0, head, record: undefined, counts: { members: 0, owners: 0, pins: 0 }, activeAt: 0 };
}

function reactionId(messageId: string, userId: string, emoji: string): string {
  return `${messageId}/${emoji}/${userId}`;
}
