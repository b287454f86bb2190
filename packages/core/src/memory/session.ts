import type { Cancel, Clock } from "../base/clock.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { CloseReason, LinkEvent, OpenRequest } from "../ports/transport.ts";
import { Lane } from "./lane.ts";

type Delivery = { readonly dueMs: number } & (
  { readonly event: LinkEvent } | { readonly answer: () => void }
);

/** One open link as the backend sees it. What it delivers leaves in the order it was given, never synchronously. */
export class Session {
  readonly userId: string;
  /** The conversations it looks at: signals of others are not for it. */
  watching: ReadonlySet<string> = new Set();
  /** The revisions it was told of, by welcome or ping. */
  readonly told: Map<string, number> = new Map();
  readonly #clock: Clock;
  readonly #receive: OpenRequest["receive"];
  readonly #delayMs: () => number;
  readonly #lanes = new Map<string, Lane>();
  readonly #waiting = new Set<(error: MessagingError) => void>();
  #queue: Delivery[] = [];
  #over: MessagingError | undefined;
  #expiry: Cancel = () => {};

  constructor(userId: string, receive: OpenRequest["receive"], clock: Clock, delayMs: () => number) {
    this.userId = userId;
    this.#receive = receive;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  get isOpen(): boolean {
    return this.#over === undefined;
  }

  lane(conversationId: string): Lane {
    const lane = this.#lanes.get(conversationId) ?? new Lane();
    this.#lanes.set(conversationId, lane);
    return lane;
  }

  push(event: LinkEvent): void {
    this.#enqueue({ dueMs: this.#dueMs(), event });
  }

  /** Runs `answer` in its turn; not at all once the link is over. */
  answer(answer: () => void): void {
    this.#enqueue({ dueMs: this.#dueMs(), answer });
  }

  /** A promise that the end of the link rejects. */
  request<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over);
      this.#waiting.add(reject);
      start(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Ends the link with `auth/expired` after this long, unless called again; never if `undefined`. */
  expireIn(delayMs: number | undefined, end: (reason: CloseReason) => void): void {
    this.#expiry();
    this.#expiry =
      delayMs === undefined
        ? () => {}
        : this.#clock.after(delayMs, () => end({ code: "auth/expired", retryable: true }));
  }

  /** What was on its way is lost; what waits for an answer is told `connection/lost`; `closed` comes last. Called once. */
  end(reason: CloseReason): void {
    const message = `unable to get an answer; the link ended with ${reason.code}`;
    this.#over = new MessagingError("connection/lost", {
      message,
      cause: new MessagingError(reason.code, reason),
    });
    this.#expiry();
    this.#queue = [];
    for (const reject of this.#waiting) reject(this.#over);
    this.#waiting.clear();
    void Promise.resolve().then(() => this.#receive([{ type: "closed", reason }]));
  }

  #dueMs(): number {
    return this.#clock.now() + this.#delayMs();
  }

  #enqueue(delivery: Delivery): void {
    if (this.#over) return;
    this.#queue.push(delivery);
    const delayMs = this.#delayMs();
    if (delayMs > 0) this.#clock.after(delayMs, () => this.#flush());
    else if (this.#queue.length === 1) void Promise.resolve().then(() => this.#flush());
  }

  /** Delivers what is due. Events in a row go in one call; none overtakes an answer. */
  #flush(): void {
    const queue = this.#queue;
    let events: LinkEvent[] = [];
    let done = 0;
    const deliver = (): void => {
      const batch = events;
      events = [];
      if (batch.length > 0) this.#receive(batch);
    };
    for (let next = queue[0]; next && next.dueMs <= this.#clock.now(); next = queue[done]) {
      done += 1;
      if ("event" in next) events.push(next.event);
      else {
        deliver();
        next.answer();
      }
      if (!this.isOpen) return;
    }
    queue.splice(0, done);
    deliver();
  }
}
