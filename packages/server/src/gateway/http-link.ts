import type { ErrorCode } from "@tidings/core/errors";
import { closeCodeOf, type Exchange, formatExchange, type LinkRequest } from "@tidings/core/protocol";
import type { FrameList } from "../engine/frame-list.ts";
import type { Session } from "../engine/online.ts";
import type { Outlet } from "../engine/outlet.ts";

/** An answer holds no more than this, in UTF-16 units, but at least one message. The rest comes with the next. */
const ANSWER_LENGTH = 256 * 1_024;

/** A poll that waits for something to say. */
interface Held {
  readonly untilMs: number;
  readonly answer: (body: string) => void;
}

/**
 * The server's end of a link made of HTTP exchanges. What is written is numbered, and kept until the client has said
 * that it arrived: an answer may be lost, and then the next holds the same again. What the client says is numbered too,
 * and taken once, however often it comes.
 */
export class HttpLink implements Outlet {
  readonly id: string;
  readonly key: string;
  /** Whose connection it counts as. */
  readonly address: string;
  /** Absent once the engine has been told of its end. */
  session: Session | undefined;
  /** Since when no poll has been waiting; absent while one does. */
  idleSinceMs: number | undefined;
  readonly #now: () => number;
  readonly #onCut: () => void;
  /** The number of the client's last message. */
  #taken = 0;
  /** The number of the first of `#unseen`, or of the next there will be. */
  #first = 1;
  #unseen: string[] = [];
  #unseenBytes = 0;
  #held: Held | undefined;
  #isAnswering = false;
  #closed: number | undefined;

  constructor(
    id: string,
    { key, address, now, onCut }: { key: string; address: string; now: () => number; onCut: () => void },
  ) {
    this.id = id;
    this.key = key;
    this.address = address;
    this.#now = now;
    this.#onCut = onCut;
    this.idleSinceMs = now();
  }

  get backlogBytes(): number {
    return this.#unseenBytes;
  }

  write(frames: FrameList): void {
    const text = frames.toText();
    this.#unseen.push(text);
    this.#unseenBytes += Buffer.byteLength(text);
    this.#answerHeld();
  }

  end(code: ErrorCode): void {
    this.#closed = closeCodeOf(code);
    this.#answerHeld();
    if (!this.#held) this.idleSinceMs = this.#now(); // to be asked for its last words
  }

  cut(): void {
    this.#onCut();
  }

  /** @returns the client's messages that had not come before. */
  take({ head, messages }: Exchange<LinkRequest>): readonly string[] {
    this.#forget(head.seen);
    const known = this.#taken + 1 - head.first;
    if (known < 0) return []; // what is before them is missing: our `seen` asks for it
    const fresh = messages.slice(known);
    this.#taken += fresh.length;
    return fresh;
  }

  /** How far it has heard, and nothing else. */
  receipt(): string {
    return formatExchange({ first: this.#first, seen: this.#taken });
  }

  /**
   * What there is to say, as soon as there is something, or `untilMs`. One poll waits at a time: whoever polls anew has
   * given the last one up, so that is answered with nothing.
   */
  poll(untilMs: number): { readonly body: Promise<string>; forget(): void } {
    this.#release(this.receipt());
    if (this.#hasNews) return { body: Promise.resolve(this.#news()), forget: () => {} };
    this.idleSinceMs = undefined;
    let held: Held | undefined;
    const body = new Promise<string>((answer) => (held = this.#held = { untilMs, answer }));
    return {
      body,
      forget: () => {
        if (this.#held === held) this.#release("");
      },
    };
  }

  /** Lets a poll go that has waited long enough. */
  sweep(now: number): void {
    if (this.#held && now >= this.#held.untilMs) this.#release(this.receipt());
  }

  get hasEnded(): boolean {
    return this.#closed !== undefined;
  }

  get #hasNews(): boolean {
    return this.#unseen.length > 0 || this.hasEnded;
  }

  /** With all that is written now: the last words and the end come one after the other. */
  #answerHeld(): void {
    if (!this.#held || this.#isAnswering) return;
    this.#isAnswering = true;
    queueMicrotask(() => {
      this.#isAnswering = false;
      if (this.#held && this.#hasNews) this.#release(this.#news());
    });
  }

  #release(body: string): void {
    const held = this.#held;
    this.#held = undefined;
    this.idleSinceMs = this.#now();
    held?.answer(body);
  }

  #news(): string {
    let length = 0;
    const end = this.#unseen.findIndex((text) => (length += text.length) > ANSWER_LENGTH);
    const messages = end < 0 ? this.#unseen : this.#unseen.slice(0, Math.max(1, end));
    const closed = messages.length === this.#unseen.length ? this.#closed : undefined;
    const head = { first: this.#first, seen: this.#taken, ...(closed !== undefined && { closed }) };
    return formatExchange(head, messages);
  }

  #forget(seen: number): void {
    for (const text of this.#unseen.splice(0, Math.max(0, seen + 1 - this.#first))) {
      this.#first += 1;
      this.#unseenBytes -= Buffer.byteLength(text);
    }
  }
}
