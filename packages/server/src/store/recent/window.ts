import {
  type AnyRecord,
  type Change,
  type ConversationRecord,
  type HistoryPage,
  type HistoryQuery,
  type MessageRecord,
  noteIdOf,
} from "@tidings/core/protocol";

/** Messages a window is cut down to when it has twice as many, and characters. */
const MESSAGES = 100;
const CHARACTERS = 50_000;
/** Beyond so many others that changed lately, participants or notes, or so many characters, it begins anew. */
const OTHERS = 200;
/** What any record takes, in characters; of what is longer as JSON the rest counts, whatever it is that makes it so. */
const RECORD = 500;

type Held = Exclude<AnyRecord, ConversationRecord>;
type Other = Exclude<Held, MessageRecord>;

/** A page of messages, as far as it is the same for all who ask. */
export type PageOfMessages = Pick<HistoryPage, "messages" | "fromSeq" | "toSeq" | "floorSeq">;

/**
 * The newest records of one conversation as of revision `rev`:
 *
 * - every record, but the conversation itself, whose revision is above `floorRev`;
 * - every message from `fromSeq` on, once it is known which is the oldest there is (`floorSeq`).
 *
 * Revisions are dense and a record carries that of its last change: so what is read as of an earlier revision, but not
 * before `floorRev`, can be put in, the higher revision winning, and both sentences still hold. Nor is anything lost of
 * how it was at an earlier revision, while nothing it held has changed since (`isAsOf`).
 */
export class Window {
  rev: number;
  #floorRev: number;
  /** Since then nothing it held has changed: it was only added to. */
  #changedRev: number;
  #newestSeq: number;
  #fromSeq: number;
  #floorSeq: number | undefined;
  #characters = 0;
  #othersCharacters = 0;
  #messages = new Map<number, MessageRecord>();
  /** Participants and notes, by name. */
  readonly #others = new Map<string, Other>();

  /** Knows nothing of what was until then. */
  constructor({ rev, seq }: { readonly rev: number; readonly seq: number }) {
    this.rev = rev;
    this.#floorRev = rev;
    this.#changedRev = rev;
    this.#newestSeq = seq;
    this.#fromSeq = seq + 1;
  }

  /** What it takes of memory, in characters. */
  get weight(): number {
    return this.#characters + this.#othersCharacters + RECORD * (1 + this.#messages.size + this.#others.size);
  }

  /** Does it tell how the conversation was at `rev`? */
  isAsOf(rev: number): boolean {
    return this.#changedRev <= rev && rev <= this.rev;
  }

  /** Takes what comes next. @returns false behind a gap */
  hear({ rev, record }: Change): boolean {
    if (rev !== this.rev + 1) return rev <= this.rev;
    this.rev = rev;
    if (!this.#isNew(record)) this.#changedRev = rev;
    this.#put(record);
    return true;
  }

  /** Takes everything that changed after `afterRev`, read as of `rev`. */
  addChanges(records: readonly AnyRecord[], afterRev: number, rev: number): void {
    if (afterRev > this.rev || rev < this.#floorRev) return;
    this.#floorRev = Math.min(this.#floorRev, afterRev);
    this.rev = Math.max(this.rev, rev);
    // What changed twice in between is told once.
    this.#changedRev = Math.max(this.#changedRev, rev);
    records.forEach((record) => this.#put(record));
  }

  addHistory({ messages, fromSeq, toSeq, floorSeq, head }: HistoryPage): void {
    if (head.rev > this.rev || head.rev < this.#floorRev) return;
    this.#floorSeq = floorSeq;
    // Not where it would leave a hole in between.
    if (messages.length === 0 || toSeq < this.#fromSeq - 1) return;
    this.#fromSeq = Math.min(this.#fromSeq, fromSeq);
    messages.forEach((message) => this.#put(message));
  }

  /** What changed after `afterRev` and up to `rev`, in no order; undefined if it does not hold all of it. */
  changes(afterRev: number, upTo: number): readonly Held[] | undefined {
    if (afterRev < this.#floorRev) return undefined;
    return [...this.#messages.values(), ...this.#others.values()].filter(
      ({ rev }) => rev > afterRev && rev <= upTo,
    );
  }

  /**
   * A page of messages; undefined if it does not hold all of them, or where a time is asked for: where that lies, the
   * database knows.
   *
   * @param newest - the newest there is
   */
  history(query: HistoryQuery, newest: number): PageOfMessages | undefined {
    const floorSeq = this.#floorSeq;
    if (floorSeq === undefined || query.at !== undefined) return undefined;
    const { from, to } = placesOf(query, floorSeq, newest);
    if (from <= to && from < this.#fromSeq) return undefined;
    const messages: MessageRecord[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const message = this.#messages.get(seq);
      if (!message) return undefined;
      messages.push(message);
    }
    return { messages, fromSeq: messages[0]?.seq ?? 0, toSeq: messages.at(-1)?.seq ?? 0, floorSeq };
  }

  /** Was there nothing of it before? */
  #isNew(record: AnyRecord): boolean {
    if (record.type === "conversation") return true; // It is not held.
    return record.type === "message" ? record.seq > this.#newestSeq : !this.#others.has(nameOf(record));
  }

  #put(record: AnyRecord): void {
    if (record.type === "conversation") return;
    if (record.type === "message") return this.#putMessage(record);
    const name = nameOf(record);
    const known = this.#others.get(name);
    if (known && known.rev >= record.rev) return;
    this.#others.set(name, record);
    this.#othersCharacters += lengthOf(record) - (known ? lengthOf(known) : 0);
    if (this.#others.size <= OTHERS && this.#othersCharacters <= CHARACTERS) return;
    this.#others.clear();
    this.#othersCharacters = 0;
    this.#floorRev = this.rev;
  }

  #putMessage(message: MessageRecord): void {
    const known = this.#messages.get(message.seq);
    if (known && known.rev >= message.rev) return;
    this.#messages.set(message.seq, message);
    this.#newestSeq = Math.max(this.#newestSeq, message.seq);
    this.#characters += lengthOf(message) - (known ? lengthOf(known) : 0);
    if (this.#messages.size > 2 * MESSAGES || this.#characters > 2 * CHARACTERS) this.#cut();
  }

  /** Lets the oldest go: of what lies before them, and changed when they did, it knows nothing any more. */
  #cut(): void {
    const newestFirst = [...this.#messages.values()].sort((one, other) => other.seq - one.seq);
    this.#messages = new Map();
    this.#characters = 0;
    for (const message of newestFirst) {
      const length = lengthOf(message);
      if (this.#messages.size < MESSAGES && this.#characters + length <= CHARACTERS) {
        this.#messages.set(message.seq, message);
        this.#characters += length;
        continue;
      }
      this.#floorRev = Math.max(this.#floorRev, message.rev);
      this.#fromSeq = Math.max(this.#fromSeq, message.seq + 1);
    }
  }
}

function lengthOf(record: Held): number {
  return Math.max(0, JSON.stringify(record).length - RECORD);
}

function nameOf(record: Other): string {
  return record.type === "participant" ? ` ${record.userId}` : noteIdOf(record.subject);
}

interface Places {
  readonly from: number;
  readonly to: number;
}

/** Which places a page is of, as messages are dense from the oldest to the newest; from beyond to if of none. */
function placesOf({ before, after, around, limit }: HistoryQuery, floor: number, newest: number): Places {
  if (around === undefined) {
    const to = Math.min(before === undefined ? newest : before - 1, newest);
    if (after === undefined) return { from: Math.max(floor, to - limit + 1), to };
    const from = Math.max(floor, after + 1);
    return { from, to: Math.min(to, from + limit - 1) };
  }
  const below = Math.min(around - 1, newest);
  const older = { from: Math.max(floor, below - (limit >> 1) + 1), to: below };
  const count = Math.max(0, older.to - older.from + 1);
  const from = Math.max(floor, around);
  const to = Math.min(newest, from + limit - count - 1);
  return { from: count > 0 ? older.from : from, to: from <= to ? to : older.to };
}
