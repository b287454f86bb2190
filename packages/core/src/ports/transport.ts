import type { ErrorCode } from "../errors/codes.ts";
import type { Ack, Change, Head } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { Welcome } from "../protocol/frames.ts";
import type { Policy } from "../protocol/policy.ts";
import type { QueryOf, QueryResults, QueryType } from "../protocol/queries.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { Signal, SignalEvent } from "../protocol/signals.ts";

/**
 * A way to reach one backend. It opens one link and has no opinions: it never reconnects, never retries, and owns no
 * timer beyond its handshake. Reconnection, heartbeat, resume and order live once, in core.
 */
export interface Transport {
  readonly supports: TransportSupport;
  /**
   * Opens a link. Resolves once the backend has accepted it, after `welcome` was delivered.
   *
   * @param signal - aborted when the client no longer wants the link; whatever is half open must be closed then.
   * @throws {MessagingError} `auth/expired`, `auth/invalid`, `protocol/version`, `connection/failed`, …
   */
  open(request: OpenRequest, signal: AbortSignal): Promise<Link>;
}

/** What a backend can do; core degrades where it cannot. */
export interface TransportSupport {
  /**
   * Submits to one conversation take effect in the order submitted, or not at all: after a retryable refusal those
   * behind it are refused too. Without it core keeps one submit per conversation in flight (D7).
   */
  readonly pipelining: boolean;
  /** Typing and presence travel. */
  readonly signals: boolean;
  /** Other participants' watermarks travel. */
  readonly receipts: boolean;
  /** The backend searches messages (the query `search`). Absent: it does not. */
  readonly search?: boolean;
}

export interface OpenRequest {
  /** From the client's `auth`; absent when it has none. */
  readonly token: string | undefined;
  /** One SDK instance; the same over all its links. */
  readonly clientId: string;
  /** Called with what arrives, in order, several at once where they came at once. Never called again after `closed`. */
  readonly receive: (events: readonly LinkEvent[]) => void;
}

/** What a link tells its client. `welcome` comes first, `closed` last. */
export type LinkEvent =
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | { readonly type: "change"; readonly change: Change }
  | { readonly type: "receipt"; readonly receipt: Receipt }
  | { readonly type: "signal"; readonly signal: SignalEvent }
  | { readonly type: "heads"; readonly heads: readonly Head[] }
  | { readonly type: "policy"; readonly policy: Policy }
  | { readonly type: "closed"; readonly reason: CloseReason };

/** Why a link ended; `retryable` says whether to come back with the same credentials. */
export interface CloseReason {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly message?: string;
}

/** One connection's life. After it has closed every method rejects with `connection/lost`, or does nothing. */
export interface Link {
  /**
   * Hands over a command. The same command may be submitted again, on this link or a later one; it takes effect once
   * (D2).
   *
   * @throws {MessagingError} the backend's refusal; `connection/lost` if the link ended first, which says nothing
   *   about whether the command took effect. Its `cause` is why the link ended: a command that makes the backend end
   *   each link, with `protocol/malformed` or `protocol/too-large`, is found by it.
   */
  submit(command: Command): Promise<Ack>;
  /** @throws {MessagingError} the backend's refusal, `protocol/malformed`, or `connection/lost`. */
  query<Type extends QueryType>(query: QueryOf<Type>): Promise<QueryResults[Type]>;
  /** Best effort. */
  signal(signal: Signal): void;
  /** Resolves when the other side has answered; the heads that moved since the last one arrive as an event. */
  ping(): Promise<void>;
  /**
   * Renews the credentials of the open link; resolves with the new token's remaining life, if it has an end.
   * Absent where only a new link can.
   */
  refresh?(token: string): Promise<number | undefined>;
  /** Ends the link; `closed` is still delivered. Calling it again does nothing. */
  close(): void;
}
