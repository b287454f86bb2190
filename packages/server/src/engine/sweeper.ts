import type { Policy } from "@tidings/core/protocol";
import type { Cancel, Clock } from "./clock.ts";
import type { EngineBounds } from "./bounds.ts";
import type { Contacts } from "./contacts.ts";
import type { Farewell } from "./outbound.ts";
import type { Roster } from "./roster.ts";
import type { OnlineUser, Session } from "./online.ts";
import type { Signals } from "./signals.ts";

/** How often it looks round: everything below may be this much late. */
const SWEEP_MS = 1_000;

/** A link is dead after this many heartbeats without a frame, and a moment for the frame to arrive. */
const SILENT_HEARTBEATS = 2.5;

/** So many times as long as it waits for a hello, it tries to answer one: that it is late is not the client's fault. */
const GREETING = 3;

export interface SweeperOptions {
  readonly sessions: Iterable<Session>;
  readonly roster: Roster;
  readonly signals: Signals;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly bounds: EngineBounds;
  readonly close: (session: Session, farewell: Farewell) => void;
}

/** One timer for everything that ends by clock, so that no link needs one of its own. */
export class Sweeper {
  readonly #options: SweeperOptions;
  #cancel: Cancel | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.every(SWEEP_MS, () => this.sweep());
  }

  stop(): void {
    this.#cancel?.();
  }

  sweep(): void {
    const { sessions, roster, signals, contacts, clock } = this.#options;
    const now = clock.now();
    for (const session of sessions) this.#check(session, now);
    for (const user of roster.users.values()) this.forget(user);
    signals.sweepTyping();
    contacts.sweep();
  }

  /** Drops a user without links once they count as offline. */
  forget(user: OnlineUser): void {
    const { roster, signals, clock } = this.#options;
    if (user.sessions.length > 0 || user.greetings > 0 || clock.now() < user.expiresAt) return;
    signals.setPresence(user, "offline");
    roster.remove(user);
  }

  #check(session: Session, now: number): void {
    const { policy, signals } = this.#options;
    const farewell = this.#farewell(session, now);
    if (farewell) return this.#options.close(session, farewell);
    const { user } = session;
    if (user && user.status !== "offline" && now - session.seenAt >= policy.presenceExpiresMs) {
      signals.refreshPresence(user);
    }
  }

  /** Why this link has had its time. */
  #farewell(session: Session, now: number): Farewell | undefined {
    const { policy, bounds } = this.#options;
    if (session.phase === "closed") return undefined;
    if (session.phase !== "open") {
      const isHeard = session.phase === "greeting";
      if (now - session.openedAt < bounds.helloTimeoutMs * (isHeard ? GREETING : 1)) return undefined;
      const message = isHeard
        ? "unable to welcome the link in time"
        : "unable to keep the link; no hello in time";
      return { code: "connection/timeout", message };
    }
    if (now - session.seenAt >= policy.heartbeatMs * SILENT_HEARTBEATS) {
      return { code: "connection/timeout", message: "unable to keep the link; no sign of life" };
    }
    if (now >= session.expiresAt + bounds.tokenGraceMs) {
      return { code: "auth/expired", message: "unable to keep the link; its token has expired" };
    }
    return undefined;
  }
}
