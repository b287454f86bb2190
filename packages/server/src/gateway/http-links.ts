import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Exchange, type LinkRequest, parseClientFrames, parseLinkRequest } from "@tidings/core/protocol";
import type { Cancel, Clock } from "../engine/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { refuse } from "../engine/packets.ts";
import type { EventLog } from "../log.ts";
import type { Meter } from "../observe/meter.ts";
import type { Refusal } from "../store/store.ts";
import type { Doorman } from "./doorman.ts";
import { CLEAN_CLOSES } from "./gateway.ts";
import { HttpLink } from "./http-link.ts";

export interface HttpLinksOptions {
  readonly engine: Engine;
  readonly doorman: Doorman;
  readonly clock: Clock;
  readonly frameBytes: number;
  /** How long a link lives that nobody polls. */
  readonly unpolledMs: number;
  readonly meter: Meter;
  readonly log: EventLog;
}

/** What one request comes to. */
export interface Answer {
  readonly body: Promise<string>;
  /** To be told once, when it was sent or cannot be any more. */
  readonly gone: (isSent: boolean) => void;
}

/** Everything a poll has to wait for may be this much late. */
const SWEEP_MS = 1_000;
/** No proxy we know of lets an answer take longer. */
const LONGEST_WAIT_MS = 60_000;
/** How long the last words of a link are kept for a client that has not heard them. */
const FAREWELL_MS = 10_000;
const ID = /^[\w-]{16,64}$/u;
const SHORTEST_KEY = 16;

/** The links of clients that WebSockets do not reach. To the engine they are links like all others. */
export class HttpLinks {
  readonly #options: HttpLinksOptions;
  readonly #links = new Map<string, HttpLink>();
  #cancel: Cancel | undefined;

  constructor(options: HttpLinksOptions) {
    this.#options = options;
  }

  /** Takes what a request says, and answers it at once or when there is something to say. */
  exchange(request: IncomingMessage, id: string, body: string): Answer | Refusal {
    const exchange = parseLinkRequest(body);
    if (!exchange) return unreadable;
    const link = this.#find(request, id, exchange);
    if ("ok" in link) return link;
    for (const message of link.take(exchange)) this.#receive(link, message);
    const { waitMs, closes } = exchange.head;
    if (closes !== undefined) this.#end(link, CLEAN_CLOSES.has(closes));
    if (closes !== undefined || waitMs === 0)
      return { body: Promise.resolve(link.receipt()), gone: () => {} };
    const now = this.#options.clock.now();
    const { body: answer, forget } = link.poll(now + Math.min(waitMs, LONGEST_WAIT_MS));
    return {
      body: answer,
      gone: (isSent) => {
        forget();
        // As far as one can know, it has heard the last word.
        if (isSent && link.hasEnded) this.#leave(link, false);
      },
    };
  }

  stop(): void {
    this.#cancel?.();
    this.#links.clear();
  }

  #find(request: IncomingMessage, id: string, { head }: Exchange<LinkRequest>): HttpLink | Refusal {
    const known = this.#links.get(id);
    // Whoever has no key learns no more than whoever has no link (D8).
    if (known) return isSame(known.key, head.key) ? known : unknown;
    if (head.opens !== true || !ID.test(id) || head.key.length < SHORTEST_KEY) return unknown;
    return this.#open(request, id, head.key);
  }

  #open(request: IncomingMessage, id: string, key: string): HttpLink | Refusal {
    const { engine, doorman, clock, meter, log } = this.#options;
    const admission = doorman.admitLink(request);
    meter.add("upgrade", admission.ok ? "ok" : admission.code);
    if (!admission.ok) {
      log.debug({ code: admission.code }, "link refused");
      return refuse(admission.code, "unable to accept the link; there is no room, or no welcome, for it");
    }
    const { address } = admission;
    const link = new HttpLink(id, { key, address, now: clock.now, onCut: () => this.#end(link, false) });
    link.session = engine.connect(link);
    this.#links.set(id, link);
    this.#cancel ??= clock.every(SWEEP_MS, () => this.#sweep());
    return link;
  }

  #receive({ session }: HttpLink, message: string): void {
    const { engine, frameBytes } = this.#options;
    if (!session) return;
    if (Buffer.byteLength(message) > frameBytes)
      return engine.close(session, { code: "protocol/too-large", message: tooLarge });
    const parsed = parseClientFrames(message);
    if (parsed.ok) engine.receive(session, parsed.frames);
    else engine.close(session, { code: parsed.error.code, message: parsed.error.message });
  }

  #sweep(): void {
    const { clock, unpolledMs } = this.#options;
    const now = clock.now();
    for (const link of this.#links.values()) {
      link.sweep(now);
      const idleMs = now - (link.idleSinceMs ?? now);
      if (idleMs >= (link.hasEnded ? FAREWELL_MS : unpolledMs)) this.#end(link, false);
    }
    if (this.#links.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** It counts no more, but what it said last is kept for a while. */
  #leave(link: HttpLink, isClean: boolean): void {
    const { session } = link;
    if (!session) return;
    link.session = undefined;
    this.#options.doorman.leave(link.address);
    this.#options.engine.disconnect(session, isClean);
  }

  #end(link: HttpLink, isClean: boolean): void {
    this.#links.delete(link.id);
    this.#leave(link, isClean);
    link.sweep(Infinity);
  }
}

const tooLarge = "unable to read the frame; it is too large";
const unknown: Refusal = refuse("connection/lost", "unable to go on; there is no such link");
const unreadable: Refusal = refuse("protocol/malformed", "unable to read the request; it is no exchange");

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
