import {
  type Client,
  type Conversation,
  createClient,
  isMessagingError,
  type TimelineView,
  type Transport,
} from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import { pause } from "../pause.ts";
import { Handshakes } from "./handshakes.ts";
import type { Tally } from "../measure/tally.ts";
import type { Ledger } from "./ledger.ts";

export interface BotOptions {
  readonly transport: Transport;
  readonly userId: string;
  readonly token: string;
  readonly conversationId: string;
  readonly ledger: Ledger;
  readonly tally: Tally;
}

/** Messages a bot keeps in memory: enough for everything that may come while it has no link. */
const MOST_MESSAGES = 2_000;

const silent = (): void => {};

/** One real client in one conversation. It says what it is told to, and writes down all it sees. */
export class Bot {
  readonly client: Client;
  readonly room: Conversation;
  readonly userId: string;
  readonly #options: BotOptions;
  /** All places up to here have been seen. */
  #place = 0;
  #isFilling = false;
  readonly #handshakes = new Handshakes();

  constructor(options: BotOptions) {
    const { transport, userId, token, conversationId } = options;
    this.#options = options;
    this.userId = userId;
    this.client = createClient({
      ...{ transport, userId, auth: token, logger: silent },
      maxMessages: MOST_MESSAGES,
    });
    this.room = this.client.conversation(conversationId);
    this.room.timeline.subscribe((view) => this.#read(view));
    this.client.connection.subscribe(({ name }) => this.#handshakes.note(name));
  }

  get isOnline(): boolean {
    return this.client.connection.get().name === "online";
  }

  /** Has it everything there is, and nothing left to send? */
  get isAtRest(): boolean {
    return this.isOnline && this.client.outbox.get().waiting === 0 && this.room.timeline.get().complete;
  }

  /** Since `forget`. */
  get handshakes(): Pick<Handshakes, "attempts" | "failedAgain"> {
    return this.#handshakes;
  }

  forget(): void {
    this.#handshakes.forget();
  }

  async say(padding: string): Promise<void> {
    const { ledger, tally, userId } = this.#options;
    const saidAtMs = performance.now();
    const message = ledger.say(userId, saidAtMs);
    tally.said();
    try {
      const sent = await this.room.send(`${message} ${padding}`);
      await sent.settled();
      ledger.settle(message, "accepted");
      tally.accepted(performance.now() - saidAtMs);
    } catch (error) {
      ledger.settle(message, "refused");
      tally.refused(isMessagingError(error) ? error.code : String(error));
    }
  }

  /** Lets the link go and comes back at once. */
  reconnect(): void {
    this.client.disconnect();
    this.client.connect().catch(silent);
  }

  /** For complaints. */
  toString(): string {
    const { waiting, failed } = this.client.outbox.get();
    const { complete, head } = this.room.timeline.get();
    const { name } = this.client.connection.get();
    const whole = complete ? "complete" : "with holes";
    return `${this.userId} is ${name}, has seen ${this.#place} of ${head.seq}, ${whole}; ${waiting} wait, ${failed} failed`;
  }

  /** How often its timeline shows a message twice, or one before an older one. */
  disorder(): number {
    let newest = 0;
    let found = 0;
    for (const item of this.room.timeline.get().items) {
      if (item.type === "hole" || item.message.seq === 0) continue;
      if (item.message.seq <= newest) found += 1;
      newest = item.message.seq;
    }
    return found;
  }

  #read({ items, complete, hasOlder, missing }: TimelineView): void {
    let from = items.length;
    for (; from > 0; from -= 1) {
      const item = items.at(from - 1);
      if (item?.type === "message" && item.message.seq > 0 && item.message.seq <= this.#place) break;
    }
    for (const item of items.slice(from)) {
      // What its client is fetching by itself nobody has to scroll to.
      if (item.type === "hole") return missing ? undefined : this.#fill("loadNewer");
      const { seq } = item.message;
      if (seq === 0) continue;
      // What is missing before the first message it holds is no hole in between: it is on its way, or further up.
      if (seq > this.#place + 1 && !complete) return;
      if (seq > this.#place + 1 && hasOlder) return this.#fill("loadOlder");
      this.#see(item.message);
    }
  }

  #see(message: MessageRecord): void {
    const { ledger, tally } = this.#options;
    if (message.seq !== this.#place + 1) ledger.skip();
    this.#place = message.seq;
    const saidAtMs = ledger.see(numberOf(message), message.seq - 1);
    if (saidAtMs !== undefined) tally.delivered(performance.now() - saidAtMs);
  }

  /** It was away for so long that the client holds only the newest: a person would scroll. */
  #fill(how: "loadNewer" | "loadOlder"): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    void this.#load(how);
  }

  async #load(how: "loadNewer" | "loadOlder"): Promise<void> {
    const { timeline } = this.room;
    try {
      await timeline[how]();
    } catch {
      await pause(RETRY_MS); // no link, or a server that is busy
    }
    this.#isFilling = false;
    this.#read(timeline.get());
  }
}

const RETRY_MS = 500;

/** Of a text as `say` makes it; NaN of any other. */
export function numberOf({ content }: MessageRecord): number {
  return "text" in content ? Number.parseInt(content.text, 10) : Number.NaN;
}
