import type { Clock } from "../base/clock.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { CloseReason, Transport } from "../ports/transport.ts";
import type { Mischief } from "./faults.ts";
import type { Hub } from "./hub.ts";
import type { Intake } from "./intake.ts";
import { createLink, tellHeads } from "./link.ts";
import { Session } from "./session.ts";
import type { Signals } from "./signals.ts";
import type { State } from "./state.ts";

/** Whom a token stands for. */
export interface Identity {
  readonly userId: string;
  /** How long the token is good for; for ever if absent. The link then ends with `auth/expired`. */
  readonly expiresInMs?: number;
}

/** @throws {MessagingError} `auth/expired`, `auth/invalid`: passed on to the client. */
export type Authenticate = (token: string) => Identity | Promise<Identity>;

export interface TransportOptions {
  readonly state: State;
  readonly hub: Hub;
  readonly intake: Intake;
  readonly signals: Signals;
  readonly mischief: Mischief;
  readonly clock: Clock;
  readonly authenticate: Authenticate | undefined;
  readonly userId: string | undefined;
  /** Brings a user into what is open to all. */
  readonly admit: (userId: string) => void;
  readonly end: (session: Session, reason: CloseReason) => void;
}

export function createTransport(options: TransportOptions): Transport {
  const { state, hub, signals, mischief, clock, authenticate, userId, admit, end } = options;

  const identify = async (token: string | undefined): Promise<Identity> => {
    if (userId !== undefined) return { userId };
    if (!authenticate) return { userId: "me" };
    if (token === undefined) throw failure("auth/required", "there is no token");
    try {
      return await authenticate(token);
    } catch (error) {
      throw toMessagingError(error, "auth/unavailable");
    }
  };

  /** Waits as long as answers take; an aborted client waits no longer. */
  const reach = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const isGone = (): void => {
        signal.removeEventListener("abort", isGone);
        reject(unwanted());
      };
      if (signal.aborted) return isGone();
      signal.addEventListener("abort", isGone);
      const arrive = (): void => {
        signal.removeEventListener("abort", isGone);
        resolve();
      };
      mischief.answer(() => {
        if (state.delayMs > 0) clock.after(state.delayMs, arrive);
        else arrive();
      });
    });

  const renew = async (session: Session, token: string): Promise<number | undefined> => {
    const { userId: user, expiresInMs } = await identify(token);
    if (user !== session.userId) throw failure("auth/invalid", "it is the token of another user");
    session.expireIn(expiresInMs, (reason) => end(session, reason));
    return expiresInMs;
  };

  return {
    supports: { pipelining: true, signals: true, receipts: true, search: true },
    async open({ token, receive }, signal) {
      await reach(signal);
      if (state.isOffline) throw failure("connection/failed", "the backend cannot be reached");
      const { userId: user, expiresInMs } = await identify(token);
      if (signal.aborted) throw unwanted();
      admit(user);
      const session = new Session(user, receive, clock, () => state.delayMs);
      const { epoch, policy } = state;
      const heads = tellHeads(session, state);
      const life = expiresInMs !== undefined && { tokenExpiresInMs: expiresInMs };
      const at = Math.floor(clock.now());
      receive([{ type: "welcome", welcome: { userId: user, epoch, policy, heads, at, ...life } }]);
      hub.sessions.add(session);
      session.expireIn(expiresInMs, (reason) => end(session, reason));
      signals.appear(user, "online");
      const hasTokens = userId === undefined && authenticate !== undefined;
      const refresh = hasTokens ? (fresh: string) => renew(session, fresh) : undefined;
      return createLink({ ...options, session, refresh, end: (reason) => end(session, reason) });
    },
  };
}

function unwanted(): MessagingError {
  return failure("connection/lost", "the link is no longer wanted");
}

function failure(code: ErrorCode, reason: string): MessagingError {
  return new MessagingError(code, { message: `unable to open a link; ${reason}` });
}
