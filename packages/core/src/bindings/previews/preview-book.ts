import type { Clock } from "../../base/clock.ts";
import { toMessagingError } from "../../errors/messaging-error.ts";
import type { PreviewAnswer, PreviewQuery } from "../../protocol/previews.ts";

/** Answers remembered; those that came longest ago go (D9). */
const MOST_REMEMBERED = 500;
/** Asked at once: a server asks strangers, and takes its time. */
const AT_ONCE = 4;
/** Waiting; those wanted longest ago have most likely left the screen (D9). */
const MOST_WAITING = 32;
/** An answer is worth asking for again after this long at the earliest, whatever the clocks say. */
const SHORTEST_MS = 60_000;
const BUSY_MS = 30_000;

export interface PreviewBookOptions {
  readonly clock: Clock;
  readonly serverNow: () => number;
  /** Whose answers: an address of a picture lets in whoever has it. */
  readonly userId: () => string | undefined;
  readonly query: (query: PreviewQuery) => Promise<PreviewAnswer>;
}

/** What the backend has said of links, and asking it: once for each, a few at a time, and never with an error. */
export interface PreviewBook {
  /** Out of date or not. */
  find(query: PreviewQuery): PreviewAnswer | undefined;
  /** Asks if there is cause to. */
  want(query: PreviewQuery): void;
  /** Called after each answer. */
  subscribe(listener: () => void): () => void;
}

interface Known {
  readonly answer: PreviewAnswer | undefined;
  /** Nobody is asked again before. */
  readonly until: number;
}

export function createPreviewBook({ clock, serverNow, userId, query }: PreviewBookOptions): PreviewBook {
  const known = new Map<string, Known>();
  const waiting = new Map<string, PreviewQuery>();
  const underWay = new Set<string>();
  const listeners = new Set<() => void>();
  const keyOf = ({ conversationId, url }: PreviewQuery): string =>
    JSON.stringify([userId(), conversationId, url]);

  const remember = (key: string, livesMs: number, answer?: PreviewAnswer): void => {
    known.delete(key);
    known.set(key, { answer, until: clock.now() + Math.max(SHORTEST_MS, livesMs) });
    const [oldest] = known.keys();
    if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
  };

  const ask = async (key: string, asked: PreviewQuery): Promise<void> => {
    underWay.add(key);
    try {
      const answer = await query(asked);
      remember(key, answer.expiresAt - serverNow(), answer);
    } catch (error) {
      const { code, retryAfterMs = BUSY_MS } = toMessagingError(error, "connection/failed");
      const before = known.get(key)?.answer;
      // Without a link nothing was said; a later one may ask at once.
      if (!code.startsWith("connection/")) remember(key, retryAfterMs, before);
    }
    underWay.delete(key);
    for (const listener of listeners) listener();
    next();
  };

  const next = (): void => {
    // What came last is what is looked at.
    for (const [key, asked] of [...waiting].reverse()) {
      if (underWay.size >= AT_ONCE) return;
      waiting.delete(key);
      void ask(key, asked);
    }
  };

  return {
    find: (asked) => known.get(keyOf(asked))?.answer,
    want(asked) {
      const key = keyOf(asked);
      if (underWay.has(key) || (known.get(key)?.until ?? 0) > clock.now()) return;
      waiting.delete(key);
      waiting.set(key, asked);
      const [oldest] = waiting.keys();
      if (waiting.size > MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
      next();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
