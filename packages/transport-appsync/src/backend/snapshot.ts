import type { RecordCounts, Records } from "@tidings/core/domain";
import type {
  ConversationRecord,
  Head,
  MessageRecord,
  NoteRecord,
  ParticipantRecord,
  Receipt,
} from "@tidings/core/protocol";
import { type Dynamo, type Item, textOf } from "./dynamo.ts";
import { docOf, isKept, META, type Meta, partitionOf, readMeta, sortKey } from "./rows.ts";

/** A row was asked for that has not been read yet: it is read, and the rules are asked again. */
class NotRead extends Error {
  readonly sk: string;

  constructor(sk: string) {
    super(sk);
    this.sk = sk;
  }
}

/**
 * One conversation as it was at one revision, read row by row as the rules ask for it.
 *
 * Its META was read before everything else: if that is still the same when a transaction writes, no record has changed
 * since, and all that was read holds.
 */
export class Snapshot implements Records {
  readonly head: Head;
  readonly meta: Meta | undefined;
  readonly pk: string;
  readonly #at: number;
  readonly #rows = new Map<string, Item | undefined>();

  constructor(conversationId: string, meta: Item | undefined, at: number) {
    this.meta = meta && readMeta(meta);
    this.head = this.meta?.head ?? { conversationId, rev: 0, seq: 0 };
    this.pk = partitionOf(conversationId);
    this.#at = at;
    this.#rows.set(META, meta);
  }

  get conversation(): ConversationRecord | undefined {
    return this.meta?.conversation;
  }

  get counts(): RecordCounts {
    return this.meta?.counts ?? { members: 0, owners: 0, pins: 0 };
  }

  participant(userId: string): ParticipantRecord | undefined {
    const row = this.#row(sortKey.participant(userId));
    return row && docOf(row);
  }

  message(messageId: string): MessageRecord | undefined {
    const row = this.#row(sortKey.message(messageId));
    return row && isKept(row, this.#at) ? docOf(row) : undefined;
  }

  receipt(userId: string): Receipt | undefined {
    const row = this.#row(sortKey.receipt(userId));
    return row && docOf(row);
  }

  note(noteId: string): NoteRecord | undefined {
    const row = this.#row(sortKey.note(noteId));
    return row && docOf(row);
  }

  hasReacted(messageId: string, userId: string, emoji: string): boolean {
    return this.#row(sortKey.reaction(messageId, emoji, userId)) !== undefined;
  }

  async read(dynamo: Dynamo, sks: readonly string[]): Promise<void> {
    const wanted = this.meta ? [...new Set(sks)].filter((sk) => !this.#rows.has(sk)) : [];
    const found = await dynamo.get(wanted.map((sk) => ({ pk: this.pk, sk })));
    for (const sk of wanted) this.#rows.set(sk, undefined);
    for (const item of found) this.#rows.set(textOf(item, "sk"), item);
  }

  /** The answer of `work`, which is asked anew whenever it wanted a row that was not there. */
  async reading<T>(dynamo: Dynamo, work: () => T): Promise<T> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof NotRead)) throw error;
        await this.read(dynamo, [error.sk]);
      }
    }
  }

  #row(sk: string): Item | undefined {
    if (!this.meta) return undefined;
    if (!this.#rows.has(sk)) throw new NotRead(sk);
    return this.#rows.get(sk);
  }
}
