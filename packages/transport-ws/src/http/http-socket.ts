import type { Clock, Random } from "@tidings/core";
import { isMessagingError, type MessagingError } from "@tidings/core/errors";
import {
  closeCodeOf,
  type Exchange,
  formatExchange,
  type LinkAnswer,
  type LinkRequest,
} from "@tidings/core/protocol";
import { malformed } from "../close-error.ts";
import type { Connect } from "../gateway.ts";
import type { CircuitBreaker } from "./breaker.ts";
import { linkAddress } from "./link-address.ts";
import { type Fetch, post } from "./post.ts";

export interface HttpSocketOptions {
  readonly fetch: Fetch;
  readonly breaker: CircuitBreaker;
  /** How long a poll may wait at the server. */
  readonly pollMs: number;
  /** How long any answer may take beyond that. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Messages wait for each other up to this many UTF-16 units, so that they fit beside one as large as may be. */
const TOGETHER_LENGTH = 16_384;
const LOST = 1006;

/** One request may be lost, as a proxy ends what is idle; a second in a row is the network's end. */
const MOST_TRIES = 2;

/** The least pause after being told to slow down. */
const LEAST_PAUSE_MS = 250;

/**
 * Sockets made of HTTP exchanges (docs/protocol.md, "Over HTTP"): one request waits at the server for what there is to
 * hear, and at most one other says what there is to say. Messages are numbered in both directions and kept until they
 * have arrived, so that an exchange that got lost is simply made again.
 */
export function connectByHttp(url: string, options: HttpSocketOptions): Connect {
  const { fetch, breaker, pollMs, timeoutMs, clock, random } = options;
  return (handler) => {
    const address = linkAddress(url, mint(random));
    const key = mint(random);
    const calls = new AbortController();
    /** Said, and not known to have arrived: the first has the number `first`. */
    let unseen: string[] = [];
    let first = 1;
    let seen = 0;
    let isOpening = true;
    let isSending = false;
    let isOver = false;

    const bufferedBytes = (): number => unseen.reduce((sum, { length }) => sum + length, 0);

    const body = (rest: Partial<LinkRequest>, messages: readonly string[]): string =>
      formatExchange({ key, first, seen, waitMs: 0, ...rest }, messages);

    const end = (closeCode: number, cause?: unknown): void => {
      if (isOver) return;
      isOver = true;
      calls.abort();
      handler.closed(closeCode, cause);
    };

    /** What has arrived is forgotten here, what has come is handed on; both at most once. */
    const take = ({ head, messages }: Exchange<LinkAnswer>): void => {
      const arrived = Math.min(unseen.length, Math.max(0, head.seen + 1 - first));
      unseen = unseen.slice(arrived);
      first += arrived;
      if (head.first > seen + 1) return giveUp(malformed("messages before it are missing"));
      for (const message of messages.slice(seen + 1 - head.first)) {
        if (isOver) return;
        seen += 1;
        handler.received(message);
      }
      if (head.closed !== undefined) end(head.closed);
    };

    /** Ends the socket with what is to be said of it, as a `closing` frame would. */
    const giveUp = (error: MessagingError): void => {
      const { code, message, retryAfterMs } = error;
      const isLoss = code.startsWith("connection/") && !(isOpening && retryAfterMs !== undefined);
      if (isLoss) return end(LOST, error);
      isOver = true;
      calls.abort();
      handler.received(JSON.stringify({ type: "closing", code, message, retryAfterMs }));
      handler.closed(closeCodeOf(code), error);
    };

    const pause = (forMs: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = clock.after(Math.max(LEAST_PAUSE_MS, forMs), resolve);
        calls.signal.addEventListener("abort", () => {
          cancel();
          resolve();
        });
      });

    const once = (waitMs: number): Promise<Exchange<LinkAnswer>> => {
      const messages = isOpening || waitMs === 0 ? together(unseen) : [];
      const text = body(isOpening ? { waitMs, opens: true } : { waitMs }, messages);
      const posting = { body: text, timeoutMs: waitMs + timeoutMs, signal: calls.signal };
      return breaker.run(
        () => post(fetch, clock, address, posting),
        (error) => (isOver ? undefined : speaksAgainstTheWay(error)),
      );
    };

    /** @returns whether there was an answer; otherwise it is over. */
    const exchange = async (waitMs: number): Promise<boolean> => {
      for (let tries = 1; !isOver;) {
        try {
          const answer = await once(waitMs);
          if (isOver) return false;
          isOpening = false;
          take(answer);
          return true;
        } catch (error) {
          if (isOver) return false;
          if (!isMessagingError(error)) end(LOST, error);
          else if (error.code === "protocol/busy") await pause(error.retryAfterMs ?? 0);
          else if (!speaksAgainstTheWay(error) || tries++ >= MOST_TRIES) giveUp(error);
        }
      }
      return false;
    };

    const listen = async (): Promise<void> => {
      while (await exchange(pollMs)) void speak();
    };

    const speak = async (): Promise<void> => {
      if (isSending || isOpening) return;
      isSending = true;
      while (unseen.length > 0) {
        const before = first;
        if (!(await exchange(0))) return;
        if (first === before) return end(LOST, new Error("the server takes nothing"));
      }
      isSending = false;
    };

    queueMicrotask(() => {
      if (isOver) return;
      handler.opened();
      void listen();
    });

    return {
      get bufferedBytes() {
        return bufferedBytes();
      },
      send(text) {
        if (isOver) return;
        unseen.push(text);
        void speak();
      },
      close(closes) {
        if (isOver) return;
        isOver = true;
        calls.abort();
        const posting = { body: body({ closes }, together(unseen)), timeoutMs, keepalive: true };
        // Should it not arrive, the server misses the polls.
        post(fetch, clock, address, { ...posting, signal: new AbortController().signal }).catch(() => {});
      },
    };
  };
}

/** Did the server, or the way to it, fail, rather than refuse? */
function speaksAgainstTheWay(error: unknown): boolean {
  return (
    isMessagingError(error) && (error.code === "connection/failed" || error.code === "connection/timeout")
  );
}

/** As many messages as one request takes: one at least. */
function together(messages: readonly string[]): readonly string[] {
  let length = 0;
  const end = messages.findIndex((text, index) => index > 0 && (length += text.length) > TOGETHER_LENGTH);
  return end < 0 ? messages : messages.slice(0, end);
}

function mint(random: Random): string {
  return Array.from(random.fill(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
