import type { BackoffPolicy } from "../base/backoff.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Observable, Scope, Unsubscribe } from "../base/observable.ts";
import type { Random } from "../base/random.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Logger } from "../ports/logger.ts";
import type { Link, LinkEvent, Transport } from "../ports/transport.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";
import { createCredentials, type TokenSource } from "./credentials.ts";
import { keepLink, type LinkKeeper } from "./link-keeper.ts";
import {
  advanceConnection,
  type ConnectionEvent,
  type ConnectionState,
  initialConnection,
  type MachineState,
} from "./machine.ts";
import type { Platform } from "./platform.ts";

export interface ConnectionOptions {
  readonly transport: Transport;
  /** Asked for each connection and on expiry, once at a time. Absent for backends that need no token. */
  readonly auth?: TokenSource | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly scope: Scope;
  readonly clientId: string;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Default 0.5 s, doubling to 30 s. */
  readonly backoff?: BackoffPolicy | undefined;
  /** For getting a token, and then again for opening a link, at a later attempt twice as long. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** The current link, before its first event; or none, and why (nothing if the app wanted it so). */
  readonly onLink: (link: Link | undefined, error?: MessagingError) => void;
  /** What the current link tells, `closed` included; nothing of a link that is no longer current. */
  readonly onEvents: (events: readonly LinkEvent[]) => void;
}

/**
 * Keeps one link open while the app wants one. Runs the machine: each timer, listener and socket belongs to the state
 * that started it and ends with it. There is one attempt at a time, whatever happens (a next one even waits until the
 * transport is done with the one before).
 */
export interface Connection {
  readonly state: Observable<ConnectionState>;
  link(): Link | undefined;
  /** Opens a link and keeps it open; hastens a waiting attempt; revives after the app was needed. */
  connect(): void;
  /** Closes the link until `connect()`. */
  disconnect(): void;
  /** The app has new credentials: they are fetched and used at once, on the open link where that can. */
  renew(): void;
  /** Ends everything. The state can be read for ever (D10). */
  close(): void;
}

/** One attempt and, if it succeeds, its link. */
interface Session {
  /** What arrived before `open` resolved. */
  readonly early: LinkEvent[];
  link?: Link;
  ended?: MessagingError;
  policy: Policy;
  tokenExpiresInMs?: number | undefined;
}

const BACKOFF: BackoffPolicy = { baseMs: 500, maxMs: 30_000 };
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * A server that all come back to at once is late, and serves in vain whoever has turned away meanwhile. (gRPC, "Connection
 * Backoff Protocol", waits 20 s at least.)
 */
const MORE_PATIENT = 2;
/** A policy of less would make clients flood their own backend (D9). */
const SHORTEST_HEARTBEAT_MS = 1_000;
const nothing = (): void => {};

export function createConnection(options: ConnectionOptions): Connection {
  const { transport, clock, random, scope, clientId, platform, logger, onLink, onEvents } = options;
  const { backoff = BACKOFF, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const credentials = createCredentials(clock, options.auth, connectTimeoutMs);
  const state = scope.cell<MachineState>(initialConnection(clock.now()));
  let session: Session | undefined;
  let keeper: LinkKeeper | undefined;
  let leave: Cancel = nothing;
  let unsubscribe: Unsubscribe | undefined;
  /** Settles when the transport is done with the latest attempt, also one that was called off. */
  let busy: Promise<void> | undefined;

  const dispatch = (event: ConnectionEvent): void =>
    scope.batch(() => {
      const before = state.get();
      const next = advanceConnection(before, event, clock.now(), backoff);
      if (next === before) return;
      leave();
      leave = nothing;
      state.set(next);
      leave = enter(next);
      listen(next.name !== "idle" && next.name !== "closed");
      if (before.name === "online") onLink(undefined, next.error);
      const { attempt: count, error: { code, message, help } = {} } = next;
      const isFailure = next.name === "waiting" && before.name === "connecting";
      logger(isFailure ? "warn" : "info", `connection.${next.name}`, { attempt: count, code, message, help });
    });

  const lost = (error: MessagingError, isAlone = false): void =>
    dispatch({ type: "lost", error, random: random.next(), isAlone });

  const enter = ({ name, retryAtMs = 0 }: MachineState): Cancel => {
    if (name === "connecting") return attempt();
    if (name === "online" && session?.link) return keep(session, session.link);
    if (name !== "waiting") return nothing;
    return clock.after(retryAtMs - clock.now(), () => dispatch({ type: "due" }));
  };

  const listen = (isWanted: boolean): void => {
    if (isWanted) unsubscribe ??= platform.subscribe(look);
    else {
      unsubscribe?.();
      unsubscribe = undefined;
    }
  };

  const look = (): void => {
    dispatch({ type: "wake", hasNetwork: platform.hasNetwork() });
    keeper?.probe();
  };

  const attempt = (): Cancel => {
    const abort = new AbortController();
    const mine: Session = { early: [], policy: defaultPolicy };
    session = mine;
    let cancel = nothing;
    let isOpening = false;
    const timeoutMs = connectTimeoutMs * (state.get().attempt > 1 ? MORE_PATIENT : 1);

    const open = async (): Promise<void> => {
      const token = await credentials.token();
      if (session !== mine) return;
      cancel = clock.after(timeoutMs, () => {
        if (!isOpening) busy = undefined; // the transport ignores `abort`; it had its time
        lost(new MessagingError("connection/timeout", { message: "unable to connect; nobody answered" }));
      });
      await busy;
      if (session !== mine) return;
      isOpening = true;
      const receive = (events: readonly LinkEvent[]): void => accept(mine, events);
      const opening = transport.open({ token, clientId, receive }, abort.signal);
      busy = opening.then(nothing, nothing);
      adopt(mine, await opening);
    };
    open().catch((error) => {
      if (session === mine) lost(toMessagingError(error, "connection/failed"));
    });

    return () => {
      cancel();
      if (mine.link) return;
      session = undefined;
      abort.abort();
    };
  };

  const adopt = (mine: Session, link: Link): void => {
    if (session !== mine || mine.ended) closeQuietly(link);
    if (session !== mine) return;
    if (mine.ended) return lost(mine.ended);
    mine.link = link;
    scope.batch(() => {
      dispatch({ type: "opened" });
      onLink(link);
      if (session === mine) onEvents(mine.early);
    });
  };

  const accept = (mine: Session, events: readonly LinkEvent[]): void => {
    if (session !== mine) return;
    for (const event of events) note(mine, event);
    if (!mine.link) return void mine.early.push(...events);
    onEvents(events);
    if (mine.ended && session === mine) lost(mine.ended);
  };

  const keep = (mine: Session, link: Link): Cancel => {
    keeper = keepLink({
      ...{ link, clock, random, backoff, credentials, onLost: lost },
      heartbeatMs: () => Math.max(SHORTEST_HEARTBEAT_MS, mine.policy.heartbeatMs),
      tokenExpiresInMs: mine.tokenExpiresInMs,
    });
    return () => {
      keeper?.stop();
      keeper = session = undefined;
      closeQuietly(link);
    };
  };

  const connect = (): void => dispatch({ type: "connect", hasNetwork: platform.hasNetwork() });
  const disconnect = (): void => dispatch({ type: "disconnect" });

  return {
    state,
    link: () => session?.link,
    connect,
    disconnect,
    renew() {
      const { name } = state.get();
      if (name === "idle" || name === "closed") return;
      if (session?.link?.refresh) return keeper?.refresh();
      if (session) disconnect(); // its token is the old one
      connect();
    },
    close() {
      dispatch({ type: "close" });
      credentials.close();
    },
  };
}

/** An adapter that fails to close a link must not keep us from the next one. */
function closeQuietly(link: Link): void {
  try {
    link.close();
  } catch {}
}

/** What the supervisor itself needs to know of what a link tells. */
function note(session: Session, event: LinkEvent): void {
  if (event.type === "welcome") session.tokenExpiresInMs = event.welcome.tokenExpiresInMs;
  if (event.type === "welcome") session.policy = event.welcome.policy;
  if (event.type === "policy") session.policy = event.policy;
  if (event.type === "closed") session.ended = new MessagingError(event.reason.code, event.reason);
}
