import { MessagingError } from "../../src/errors/messaging-error.ts";
import type { CloseReason, Link, LinkEvent, OpenRequest, Transport } from "../../src/ports/transport.ts";
import type { Welcome } from "../../src/protocol/frames.ts";
import { defaultPolicy } from "../../src/protocol/policy.ts";

/** One call of `open`, to be answered by the test. */
export interface Attempt {
  readonly request: OpenRequest;
  readonly signal: AbortSignal;
  readonly isSettled: boolean;
  /** Delivers `welcome` and resolves with a link, also when nobody wants it any more. */
  accept(welcome?: Partial<Welcome>): ScriptedLink;
  refuse(error: MessagingError): void;
}

export interface ScriptedLink extends Link {
  readonly isOpen: boolean;
  /** Pings so far. While `answers`, each is answered at once. */
  readonly pings: number;
  answers: boolean;
  /** Tokens given to `refresh`, which resolves with `refreshed()`. */
  readonly tokens: readonly string[];
  refreshed: () => Promise<number | undefined>;
  deliver(...events: readonly LinkEvent[]): void;
  /** The backend ends it. */
  cut(reason?: Partial<CloseReason>): void;
}

export interface ScriptedTransport extends Transport {
  readonly attempts: readonly Attempt[];
  readonly links: readonly ScriptedLink[];
  /** The most calls of `open` that were ever unsettled at once. */
  readonly mostAtOnce: number;
  last(): Attempt;
  lastLink(): ScriptedLink;
}

export interface ScriptedTransportOptions {
  /** Called at each `open`; without it the test answers by `last()`. */
  readonly onOpen?: (attempt: Attempt, index: number) => void;
  /** What an abort does: reject at once (default), or whatever the test wants. */
  readonly onAbort?: (attempt: Attempt) => void;
  readonly canRefresh?: boolean;
}

export const welcomed: Welcome = { userId: "ada", epoch: "e1", policy: defaultPolicy, heads: [], at: 0 };

/** A transport that does what the test says, and keeps count. */
export function scriptedTransport(options: ScriptedTransportOptions = {}): ScriptedTransport {
  const { onOpen, canRefresh = false } = options;
  const onAbort =
    options.onAbort ??
    ((attempt) => attempt.refuse(new MessagingError("connection/failed", { message: "aborted" })));
  const attempts: Attempt[] = [];
  const links: ScriptedLink[] = [];
  let running = 0;
  let mostAtOnce = 0;

  const open = (request: OpenRequest, signal: AbortSignal): Promise<Link> => {
    mostAtOnce = Math.max(mostAtOnce, ++running);
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (how: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        running -= 1;
        how();
      };
      const attempt: Attempt = {
        request,
        signal,
        get isSettled() {
          return isSettled;
        },
        accept(welcome) {
          const link = scriptedLink(request, canRefresh);
          links.push(link);
          link.deliver({ type: "welcome", welcome: { ...welcomed, ...welcome } });
          settle(() => resolve(link));
          return link;
        },
        refuse: (error) => settle(() => reject(error)),
      };
      attempts.push(attempt);
      signal.addEventListener("abort", () => onAbort(attempt));
      onOpen?.(attempt, attempts.length - 1);
    });
  };

  return {
    supports: { pipelining: true, signals: true, receipts: true, search: true },
    open,
    attempts,
    links,
    get mostAtOnce() {
      return mostAtOnce;
    },
    last: () => lastOf(attempts, "attempt"),
    lastLink: () => lastOf(links, "link"),
  };
}

function scriptedLink(request: OpenRequest, canRefresh: boolean): ScriptedLink {
  let isOpen = true;
  let pings = 0;
  const tokens: string[] = [];
  const closed: CloseReason = { code: "connection/lost", retryable: true };
  const end = (reason: CloseReason): void => {
    if (!isOpen) return;
    isOpen = false;
    request.receive([{ type: "closed", reason }]);
  };
  const link: ScriptedLink = {
    get isOpen() {
      return isOpen;
    },
    get pings() {
      return pings;
    },
    answers: true,
    tokens,
    refreshed: () => Promise.resolve(undefined),
    deliver: (...events) => request.receive(events),
    cut: (reason) => end({ ...closed, ...reason }),
    submit: () => Promise.reject(new MessagingError("connection/lost")),
    query: () => Promise.reject(new MessagingError("connection/lost")),
    signal: () => {},
    ping() {
      pings += 1;
      return link.answers ? Promise.resolve() : new Promise(() => {});
    },
    close: () => end(closed),
    ...(canRefresh && {
      refresh(token: string) {
        tokens.push(token);
        return link.refreshed();
      },
    }),
  };
  return link;
}

function lastOf<T>(items: readonly T[], what: string): T {
  const item = items.at(-1);
  if (item === undefined) throw new Error(`no ${what} yet`);
  return item;
}
