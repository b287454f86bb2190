import { type BackoffPolicy, backoffDelayMs } from "../base/backoff.ts";
import { MessagingError } from "../errors/messaging-error.ts";

/**
 * The connection of one client, as a pure function. No timers, no I/O.
 *
 *   idle ──connect──▶ connecting ──opened──▶ online
 *                      ▲  ▲   │                │
 *                      │  │   └─────lost───────┤
 *                      │  │                    ▼
 *                      │  └──due, wake──── waiting          lost, but the app is needed: blocked ──connect──▶ connecting
 *                      └─────wake───────── offline ◀── wake without a network, from connecting, online, waiting
 *
 *   `disconnect` leads from everywhere to idle, `close` to closed; `connect` hastens like `wake`.
 *
 * Laws (each is named by the test that checks it):
 *   1  An event that does not apply in a state changes nothing: the same reference comes back.
 *   2  closed is for ever.
 *   3  Only the app leaves idle and blocked: refused credentials are never offered again by themselves.
 *   4  Without a network nothing is attempted.
 *   5  Waits grow with each attempt, full jitter, and begin anew only after a link that held for a while.
 *   6  A server that says when to come back is not asked earlier, whatever wakes us, unless the app disconnects and
 *      connects.
 *   7  *Expired* is not *invalid*: a new token is tried at once; but when fresh tokens are called expired again and
 *      again, the app is needed.
 *   8  Attempts that something woke begin at least `GAP_MS` apart, however the platform flickers.
 */
export interface ConnectionState {
  readonly name: ConnectionName;
  /** Attempts since a link last held for a while, a running one included. */
  readonly attempt: number;
  /** When this state began, client's clock in ms. */
  readonly since: number;
  /** While waiting: when the next attempt begins. */
  readonly retryAtMs?: number | undefined;
  /** Why there is no link; while blocked, what the app has to see to. */
  readonly error?: MessagingError | undefined;
}

/** `waiting`: for the next attempt. `offline`: the platform says there is no network. `blocked`: the app is needed. */
export type ConnectionName = "idle" | "connecting" | "online" | "waiting" | "offline" | "blocked" | "closed";

/** What the machine knows beside what it shows. */
export interface MachineState extends ConnectionState {
  /** Tokens called expired since a link last held. */
  readonly expiries: number;
  /** Nothing hastens an attempt before this. */
  readonly notBeforeMs: number;
}

export type ConnectionEvent =
  | { readonly type: "disconnect" | "close" | "due" | "opened" }
  /** The app wants a link, or wants it now; the platform has news of network or screen. */
  | { readonly type: "connect" | "wake"; readonly hasNetwork: boolean }
  | Lost;

/** An attempt failed, or the link ended. */
interface Lost {
  readonly type: "lost";
  readonly error: MessagingError;
  readonly random: number;
  /** It fell silent for us alone, so no crowd comes back with us. */
  readonly isAlone: boolean;
}

/** A link that lasted this long forgives the attempts before it. */
const STABLE_MS = 10_000;
/** Between attempts that something woke. */
const GAP_MS = 1_000;
/** Fresh tokens a server may call expired in a row before it is taken to mean "invalid". */
const MOST_EXPIRIES = 3;
/** No server keeps us away longer than this without being asked again. */
const LONGEST_PATIENCE_MS = 3_600_000;

export function initialConnection(at: number): MachineState {
  return { name: "idle", attempt: 0, since: at, expiries: 0, notBeforeMs: 0 };
}

/**
 * The next state; `state` itself when the event does not apply (law 1).
 *
 * @param at - now, client's clock in ms.
 */
export function advanceConnection(
  state: MachineState,
  event: ConnectionEvent,
  at: number,
  backoff: BackoffPolicy,
): MachineState {
  const { name } = state;
  if (name === "closed") return state;
  switch (event.type) {
    case "close":
      return enter(initialConnection(at), "closed", at);
    case "disconnect":
      return name === "idle" ? state : initialConnection(at);
    case "connect":
      return begin(name === "blocked" ? { ...state, expiries: 0 } : state, event.hasNetwork, at);
    case "wake":
      return name === "idle" || name === "blocked" ? state : begin(state, event.hasNetwork, at);
    case "due":
      return name === "waiting" ? connecting(state, at) : state;
    case "opened":
      return name === "connecting" ? enter(state, "online", at) : state;
    case "lost":
      return name === "connecting" || name === "online" ? lost(state, event, at, backoff) : state;
  }
}

function enter(state: MachineState, name: ConnectionName, at: number, error?: MessagingError): MachineState {
  // A clock set back makes every moment noted before meaningless; waiting for it could take hours.
  const notBeforeMs = at < state.since ? 0 : state.notBeforeMs;
  return { ...state, name, since: at, error, retryAtMs: undefined, notBeforeMs };
}

function connecting(state: MachineState, at: number): MachineState {
  const next = enter(state, "connecting", at, state.error);
  return { ...next, attempt: state.attempt + 1, notBeforeMs: at + GAP_MS };
}

/** Now, or as soon as laws 6 and 8 allow; not at all without a network. */
function begin(state: MachineState, hasNetwork: boolean, at: number): MachineState {
  const { name, notBeforeMs, retryAtMs = Infinity, error } = state;
  if (!hasNetwork) return name === "offline" ? state : enter(state, "offline", at, offline());
  if (name === "connecting" || name === "online") return state;
  if (at >= notBeforeMs || at < state.since) return connecting(state, at);
  if (retryAtMs <= notBeforeMs) return state;
  return { ...enter(state, "waiting", at, error), retryAtMs: notBeforeMs };
}

function lost(state: MachineState, event: Lost, at: number, backoff: BackoffPolicy): MachineState {
  const { error, random, isAlone } = event;
  const hasHeld = state.name === "online" && at - state.since >= STABLE_MS;
  const isExpired = error.code === "auth/expired";
  const attempt = hasHeld ? 0 : state.attempt;
  const expiries = (hasHeld ? 0 : state.expiries) + Number(isExpired);
  const facts = { ...state, attempt, expiries, error };
  if (expiries > MOST_EXPIRIES) return enter(facts, "blocked", at, calledExpired(error));
  if (needsApp(error)) return enter(facts, "blocked", at, error);

  const patienceMs = Math.min(error.retryAfterMs ?? 0, LONGEST_PATIENCE_MS);
  const isFirstExpiry = isExpired && expiries === 1;
  if (patienceMs === 0 && (isFirstExpiry || (isAlone && hasHeld))) return connecting(facts, at);
  const waiting = enter(facts, "waiting", at, error);
  return {
    ...waiting,
    retryAtMs: at + patienceMs + backoffDelayMs(Math.max(1, attempt), backoff, random),
    notBeforeMs: patienceMs > 0 ? at + patienceMs : waiting.notBeforeMs,
  };
}

/** Is coming back pointless until the app has done something? */
export function needsApp({ retryable, code }: MessagingError): boolean {
  return !retryable && /^(auth|client|protocol\/(version|hello)$)/.test(code);
}

function offline(): MessagingError {
  return new MessagingError("connection/offline", { message: "unable to connect; there is no network" });
}

function calledExpired(cause: MessagingError): MessagingError {
  const message = "unable to sign in; every token the app gave had expired, by the server's clock";
  return new MessagingError("auth/invalid", { message, cause });
}
