/** What is wrong with one conversation at the end: every figure ought to be 0. */
export interface Faults {
  /** Accepted by the server, and not at every member. */
  readonly lost: number;
  /** Said once, and there twice. */
  readonly duplicated: number;
  /** At other places for other members, or overtaken by what its author said later. */
  readonly reordered: number;
  /** Places a member went past without a hole to show for it. */
  readonly skipped: number;
  /** Neither accepted nor refused. */
  readonly unanswered: number;
}

/** Everything said in one conversation, and who has seen it. It takes a few numbers per message, whatever the members. */
export class Ledger {
  readonly #members: number;
  readonly #saidAtMs: number[] = [];
  readonly #authors: string[] = [];
  readonly #outcomes: ("accepted" | "refused" | undefined)[] = [];
  /** Of each message, how many members have seen it. */
  readonly #seenBy: number[] = [];
  /** The message at each place, by whoever came to it first. */
  readonly #order: number[] = [];
  readonly #placed = new Set<number>();
  readonly #latestOf = new Map<string, number>();
  /** All before it are everywhere, or refused. */
  #firstOpen = 0;
  #duplicated = 0;
  #reordered = 0;
  #skipped = 0;

  constructor(members: number) {
    this.#members = members;
  }

  /** @returns the message's number, which its text carries. */
  say(author: string, atMs: number): number {
    this.#authors.push(author);
    this.#outcomes.push(undefined);
    this.#seenBy.push(0);
    return this.#saidAtMs.push(atMs) - 1;
  }

  settle(message: number, outcome: "accepted" | "refused"): void {
    this.#outcomes[message] = outcome;
  }

  /**
   * A member sees a message at a place, having seen all places before.
   *
   * @returns when it was said; undefined if nobody here said it.
   */
  see(message: number, place: number): number | undefined {
    const saidAtMs = this.#saidAtMs[message];
    if (saidAtMs === undefined) return undefined;
    const known = this.#order[place];
    if (known === undefined) this.#put(message, place);
    else if (known !== message) this.#reordered += 1;
    this.#seenBy[message] = (this.#seenBy[message] ?? 0) + 1;
    return saidAtMs;
  }

  skip(): void {
    this.#skipped += 1;
  }

  /** How old the oldest message is that not everybody has; 0 if there is none. */
  behindMs(nowMs: number): number {
    while (this.#firstOpen < this.#saidAtMs.length && this.#isDone(this.#firstOpen)) this.#firstOpen += 1;
    return nowMs - (this.#saidAtMs[this.#firstOpen] ?? nowMs);
  }

  /** @param stored - the messages by place, as somebody reads them who was not there. */
  faults(stored: readonly number[]): Faults {
    const there = new Set(stored);
    const isLost = (message: number): boolean =>
      !there.has(message) || (this.#seenBy[message] ?? 0) < this.#members;
    const count = (holds: (message: number) => boolean): number =>
      this.#outcomes.reduce((sum, _, message) => sum + Number(holds(message)), 0);
    return {
      lost: count((message) => this.#outcomes[message] === "accepted" && isLost(message)),
      duplicated: this.#duplicated + (stored.length - there.size),
      reordered:
        this.#reordered +
        stored.filter((message, place) => (this.#order[place] ?? message) !== message).length,
      skipped: this.#skipped,
      unanswered: count((message) => this.#outcomes[message] === undefined),
    };
  }

  /** What is wrong with the messages that are, one line each. */
  *complaints(stored: readonly number[]): Generator<string> {
    for (const [message, author] of this.#authors.entries()) {
      const outcome = this.#outcomes[message] ?? "unanswered";
      const seenBy = this.#seenBy[message] ?? 0;
      const copies = stored.filter((each) => each === message).length;
      const isFine = outcome === "refused" ? copies <= 1 : copies === 1 && seenBy === this.#members;
      if (isFine && outcome !== "unanswered") continue;
      yield `message ${message} by ${author}: ${outcome}, stored ${copies} times, seen by ${seenBy} of ${this.#members}`;
    }
  }

  #put(message: number, place: number): void {
    this.#order[place] = message;
    if (this.#placed.has(message)) this.#duplicated += 1;
    this.#placed.add(message);
    const author = this.#authors[message] ?? "";
    const latest = this.#latestOf.get(author) ?? -1;
    if (message < latest) this.#reordered += 1;
    else this.#latestOf.set(author, message);
  }

  #isDone(message: number): boolean {
    return this.#outcomes[message] === "refused" || (this.#seenBy[message] ?? 0) >= this.#members;
  }
}
