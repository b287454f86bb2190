import {
  type MessageRecord,
  type MessageVersion,
  noteIdOf,
  type NoteRecord,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import type { FoundFile } from "../files.ts";
import type { ConversationState, Rows, StoredConversation } from "../rows.ts";
import { NotLoaded } from "../settle.ts";
import { keyOf, Wanted } from "./wanted.ts";

/** What one transaction is going to write, each row once. */
export class Writes {
  readonly conversations: ConversationState[] = [];
  readonly participants: { readonly key: number; readonly record: ParticipantRecord }[] = [];
  readonly newMessages: {
    readonly key: number;
    readonly record: MessageRecord;
    readonly sentRev: number;
  }[] = [];
  readonly messages: MessageRecord[] = [];
  readonly versions: { readonly key: number; readonly version: MessageVersion }[] = [];
  readonly reactions: { readonly key: number; readonly names: readonly [string, string, string] }[] = [];
  readonly noReactions: (readonly [messageId: string, emoji: string, userId: string])[] = [];
  readonly notes: { readonly key: number; readonly record: NoteRecord }[] = [];
  readonly receipts: { readonly key: number; readonly receipt: Receipt }[] = [];
}

/**
 * Rows that were read from the database before the rules ask for them, as the rules do not wait. What was not read
 * makes `NotLoaded`, and stands in `missing`: the transaction reads it and asks the rules again.
 */
export class LoadedRows implements Rows {
  readonly writes: Writes = new Writes();
  missing: Wanted = new Wanted();
  readonly #conversations = new Map<string, StoredConversation | undefined>();
  readonly #ids = new Map<number, string>();
  readonly #keys: number[] = [];
  readonly #participants = new Map<string, ParticipantRecord | undefined>();
  readonly #messages = new Map<string, MessageRecord | undefined>();
  readonly #receipts = new Map<string, Receipt | undefined>();
  readonly #notes = new Map<string, NoteRecord | undefined>();
  readonly #files = new Map<string, FoundFile | undefined>();
  readonly #reactions = new Map<string, true | undefined>();

  /** What of it is not known yet; from now on it is, be it there or not. */
  expect(wanted: Wanted): Wanted {
    const fresh = new Wanted();
    fresh.keys = wanted.keys;
    for (const id of wanted.conversations) if (unknown(this.#conversations, id)) fresh.conversations.add(id);
    for (const id of wanted.sources) if (unknown(this.#conversations, id)) fresh.sources.add(id);
    for (const id of wanted.messages) if (unknown(this.#messages, id)) fresh.messages.add(id);
    for (const [id, pair] of wanted.participants)
      if (unknown(this.#participants, id)) fresh.participants.set(id, pair);
    for (const [id, pair] of wanted.receipts) if (unknown(this.#receipts, id)) fresh.receipts.set(id, pair);
    for (const [id, reaction] of wanted.reactions)
      if (unknown(this.#reactions, id)) fresh.reactions.set(id, reaction);
    for (const [id, file] of wanted.files) if (unknown(this.#files, id)) fresh.files.set(id, file);
    for (const [id, place] of wanted.notes) if (unknown(this.#notes, id)) fresh.notes.set(id, place);
    this.missing = new Wanted();
    return fresh;
  }

  addConversation(state: StoredConversation): void {
    this.#conversations.set(state.head.conversationId, state);
    this.#ids.set(state.key, state.head.conversationId);
  }

  addKey(key: number): void {
    this.#keys.push(key);
  }

  addParticipant(record: ParticipantRecord): void {
    this.#participants.set(keyOf(record.conversationId, record.userId), record);
  }

  addMessage(record: MessageRecord): void {
    this.#messages.set(record.id, record);
  }

  addReceipt(receipt: Receipt): void {
    this.#receipts.set(keyOf(receipt.conversationId, receipt.userId), receipt);
  }

  addNote(record: NoteRecord): void {
    this.#notes.set(keyOf(record.conversationId, noteIdOf(record.subject)), record);
  }

  addFile(fileId: string, userId: string, found: FoundFile): void {
    this.#files.set(keyOf(fileId, userId), found);
  }

  addReaction(messageId: string, userId: string, emoji: string): void {
    this.#reactions.set(keyOf(messageId, userId, emoji), true);
  }

  conversation(conversationId: string): StoredConversation | undefined {
    return this.#read(this.#conversations, conversationId, () =>
      this.missing.conversations.add(conversationId),
    );
  }

  takeKey(): number {
    const key = this.#keys.pop();
    if (key !== undefined) return key;
    this.missing.keys += 1;
    throw new NotLoaded();
  }

  participant(key: number, userId: string): ParticipantRecord | undefined {
    const conversationId = this.#ids.get(key);
    if (conversationId === undefined) return undefined; // It is new.
    return this.#read(this.#participants, keyOf(conversationId, userId), () =>
      this.missing.participant(conversationId, userId),
    );
  }

  message(messageId: string): MessageRecord | undefined {
    return this.#read(this.#messages, messageId, () => this.missing.messages.add(messageId));
  }

  receipt(_key: number, conversationId: string, userId: string): Receipt | undefined {
    return this.#read(this.#receipts, keyOf(conversationId, userId), () =>
      this.missing.receipt(conversationId, userId),
    );
  }

  note(_key: number, conversationId: string, noteId: string): NoteRecord | undefined {
    return this.#read(this.#notes, keyOf(conversationId, noteId), () =>
      this.missing.note(conversationId, noteId),
    );
  }

  file(fileId: string, userId: string): FoundFile | undefined {
    return this.#read(this.#files, keyOf(fileId, userId), () => this.missing.file(fileId, userId));
  }

  hasReacted(messageId: string, userId: string, emoji: string): boolean {
    const reacted = this.#read(this.#reactions, keyOf(messageId, userId, emoji), () =>
      this.missing.reaction(messageId, userId, emoji),
    );
    return reacted === true;
  }

  #read<Row>(rows: ReadonlyMap<string, Row | undefined>, id: string, miss: () => void): Row | undefined {
    if (rows.has(id)) return rows.get(id);
    miss();
    throw new NotLoaded();
  }

  putConversation(state: ConversationState): void {
    this.writes.conversations.push(state);
  }

  putParticipant(key: number, record: ParticipantRecord): void {
    this.writes.participants.push({ key, record });
  }

  putMessage(key: number, record: MessageRecord, sentRev?: number): void {
    if (sentRev === undefined) this.writes.messages.push(record);
    else this.writes.newMessages.push({ key, record, sentRev });
  }

  putVersion(key: number, version: MessageVersion): void {
    this.writes.versions.push({ key, version });
  }

  putReaction(key: number, messageId: string, userId: string, emoji: string, isPresent: boolean): void {
    if (isPresent) this.writes.reactions.push({ key, names: [messageId, emoji, userId] });
    else this.writes.noReactions.push([messageId, emoji, userId]);
  }

  putNote(key: number, record: NoteRecord): void {
    this.writes.notes.push({ key, record });
  }

  putReceipt(key: number, receipt: Receipt): void {
    this.writes.receipts.push({ key, receipt });
  }
}

function unknown<Row>(rows: Map<string, Row | undefined>, id: string): boolean {
  if (rows.has(id)) return false;
  rows.set(id, undefined);
  return true;
}
