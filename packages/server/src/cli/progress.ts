/** Where progress is told: the standard error, so that the standard output stays what was asked for. */
export interface Teller {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TELL_EVERY_MS = 1_000;
const numbers = new Intl.NumberFormat("en");

export interface ProgressOptions {
  readonly to: Teller;
  /** As "exported". */
  readonly what: string;
  /** As "messages". */
  readonly unit: string;
  readonly total?: number;
  readonly now: () => number;
}

/** Says now and then how much is done, how fast it goes and what is left: a terminal in one line, a log in many. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedAt: number;
  #toldAt: number;
  #done = 0;
  /** How many there will be; undefined where nobody knows. */
  total: number | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.total = options.total;
    this.#startedAt = options.now();
    this.#toldAt = this.#startedAt;
  }

  /** @param done - so many in all. */
  reach(done: number): void {
    this.#done = done;
    const { to, now } = this.#options;
    const at = now();
    if (at - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = at;
    to.write(to.isTTY ? `\r\u001B[2K${this.#text(at)}` : `${this.#text(at)}\n`);
  }

  add(count: number): void {
    this.reach(this.#done + count);
  }

  /** A last line in place of what was told. */
  end(text: string): void {
    const { to } = this.#options;
    to.write(`${to.isTTY ? "\r\u001B[2K" : ""}${text}\n`);
  }

  #text(at: number): string {
    const { what, unit } = this.#options;
    const { total } = this;
    const rate = this.#done / Math.max(0.001, (at - this.#startedAt) / 1_000);
    const of = total === undefined ? "" : ` of ${numbers.format(total)}`;
    const left =
      total === undefined || rate === 0 ? "" : `, ${Math.ceil((total - this.#done) / rate)} s left`;
    return `${what} ${numbers.format(this.#done)}${of} ${unit}, ${numbers.format(Math.round(rate))}/s${left}`;
  }
}
