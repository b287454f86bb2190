import type {
  AnyRecord,
  Change,
  ChangesPage,
  ChangesQuery,
  Head,
  HistoryPage,
  HistoryQuery,
} from "@tidings/core/protocol";
import { compacted } from "../reading.ts";
import { type PageOfMessages, Window } from "./window.ts";

/** What all windows together may take of memory, in characters; it is less than a hundred megabytes. */
const MOST_WEIGHT = 30_000_000;

/** A conversation as the database has just told a reader whom it let in. */
export interface AsOf {
  readonly head: Head;
  /** What was remembered in another one is void: a backup was restored, or records changed without a revision. */
  readonly edition: string;
}

/**
 * The newest records of the conversations somebody talks in or asks about, so that the many who come back after a
 * moment without a link need not each be answered by the database.
 *
 * It knows what it hears, which is nearly everything, and what is read when it lacks something. Nobody has to tell it
 * anything: what it gives is exactly as new as the database has just said the conversation is (D8).
 */
export class RecentRecords {
  /** By conversation, the one used longest ago first. */
  readonly #windows = new Map<string, Window>();
  #edition: string | undefined;
  #weight = 0;

  /** These changes are durable. */
  hear(changes: readonly Change[]): void {
    for (const change of changes) this.#hear(change);
  }

  /** @param query - of records after a revision that the conversation has had. */
  changes(
    { head, edition }: AsOf,
    { afterRev, limit, kinds }: ChangesQuery,
    conversation: AnyRecord,
  ): Pick<ChangesPage, "records" | "upTo"> | undefined {
    const window = this.#window(head, edition);
    if (afterRev === head.rev) return { records: [], upTo: head.rev };
    const found = window?.changes(afterRev, head.rev);
    if (!found) return undefined;
    const changed = conversation.rev > afterRev ? [...found, conversation] : found;
    const wanted = kinds ? changed.filter(({ type }) => kinds.includes(type)) : changed;
    return compacted(wanted, limit, head.rev);
  }

  history({ head, edition }: AsOf, query: HistoryQuery): PageOfMessages | undefined {
    return this.#window(head, edition)?.history(query, head.seq);
  }

  /** Takes over a page that was read since `edition` was told. */
  learnChanges(page: ChangesPage, { afterRev, kinds }: ChangesQuery, edition: string): void {
    const { head, records, upTo, reset } = page;
    if (kinds || reset || upTo !== head.rev) return;
    this.#learn(head, edition, afterRev, (window) => window.addChanges(records, afterRev, head.rev));
  }

  learnHistory(page: HistoryPage, edition: string): void {
    this.#learn(page.head, edition, page.head.rev, (window) => window.addHistory(page));
  }

  #hear(change: Change): void {
    const { conversationId, rev, kind, record } = change;
    const known = this.#windows.get(conversationId);
    if (known && this.#use(conversationId, known, () => known.hear(change))) return;
    if (kind !== "message.send" || record.type !== "message") return;
    const window = new Window({ rev: rev - 1, seq: record.seq - 1 });
    this.#use(conversationId, window, () => window.hear(change));
  }

  /** @param fromRev - what a window must reach to be added to; else a new one begins. */
  #learn(head: Head, edition: string, fromRev: number, add: (window: Window) => void): void {
    this.#enter(edition);
    const { conversationId } = head;
    const known = this.#windows.get(conversationId);
    const window = known && known.rev >= fromRev ? known : new Window(head);
    this.#use(conversationId, window, () => add(window));
  }

  #window({ conversationId, rev }: Head, edition: string): Window | undefined {
    this.#enter(edition);
    const window = this.#windows.get(conversationId);
    return window?.isAsOf(rev) ? window : undefined;
  }

  /** What was heard before the first edition was told may be void already, too. */
  #enter(edition: string): void {
    if (edition === this.#edition) return;
    this.#windows.clear();
    this.#weight = 0;
    this.#edition = edition;
  }

  /** Everything that may change what a window takes goes through here. */
  #use<Result>(conversationId: string, window: Window, work: () => Result): Result {
    const before = this.#windows.get(conversationId)?.weight ?? 0;
    const result = work();
    this.#windows.delete(conversationId); // to the end
    this.#windows.set(conversationId, window);
    this.#weight += window.weight - before;
    for (const [id, { weight }] of this.#windows) {
      if (this.#weight <= MOST_WEIGHT) break;
      this.#windows.delete(id);
      this.#weight -= weight;
    }
    return result;
  }
}
