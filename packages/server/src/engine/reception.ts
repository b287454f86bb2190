import type { ErrorCode } from "@tidings/core/errors";
import type {
  ClientFrame,
  Command,
  HelloFrame,
  MalformedFrame,
  Policy,
  QueryFrame,
  RefreshFrame,
  SubmitFrame,
} from "@tidings/core/protocol";
import type { EventLog } from "../log.ts";
import type { Meter } from "../observe/meter.ts";
import type { Refusal } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Commits } from "./commits.ts";
import type { EngineBounds } from "./bounds.ts";
import { guardFrame } from "./flood-guard.ts";
import type { Authenticate, Greeting } from "./greeting.ts";
import { movedHeads } from "./heartbeat.ts";
import type { Outbound } from "./outbound.ts";
import type { Questions } from "./questions.ts";
import { packetOf, refuse, rejectPacket } from "./packets.ts";
import { policyFor } from "./rates.ts";
import type { Roster } from "./roster.ts";
import type { OnlineUser, Session } from "./online.ts";
import type { Signals } from "./signals.ts";

export type ReceivedFrame = ClientFrame | MalformedFrame;

export interface ReceptionOptions {
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly signals: Signals;
  readonly commits: Commits;
  readonly questions: Questions;
  readonly greeting: Greeting;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly bounds: EngineBounds;
  readonly authenticate: Authenticate;
  readonly meter: Meter;
  readonly log: EventLog;
  readonly newId: () => string;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** What is not taken any more. */
export const draining: Refusal = refuse("server/draining", "unable to accept anything new; the server stops");

/** Takes one frame at a time from a link, and sees that each gets its answer. */
export class Reception {
  readonly #options: ReceptionOptions;
  isDraining = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  receive(session: Session, frame: ReceivedFrame): void {
    const { clock, bounds, meter } = this.#options;
    const now = clock.now();
    meter.add("frame", frame.type);
    const waitMs = guardFrame(session, bounds.frames, now);
    if (waitMs === Infinity)
      return this.#close(session, "protocol/busy", "unable to keep the link; too many frames");
    if (frame.type === "hello") return void this.#hello(session, frame);
    const { user } = session;
    if (session.phase !== "open" || !user) {
      return this.#close(session, "protocol/hello", "unable to go on; a hello and its welcome come first");
    }
    this.#noteLife(session, user, now);
    switch (frame.type) {
      case "submit":
        return this.#submit(session, user, frame, this.#obstacle(session, waitMs));
      case "malformed":
        return this.#refuse(session, user, frame);
      case "query":
        return this.#query(session, user, frame, this.#obstacle(session, waitMs));
      case "signal":
        return waitMs === 0 ? this.#options.signals.receive(session, user, frame.signal) : undefined;
      case "ping":
        return this.#ping(session, user, frame.n, frame.seen);
      case "refresh":
        return void this.#refresh(session, user, frame, this.#obstacle(session, waitMs));
    }
  }

  async #hello(session: Session, frame: HelloFrame): Promise<void> {
    // The same hello again asks for nothing new; another one cannot be what an honest client sends.
    if (session.phase !== "new") {
      if (frame.clientId === session.clientId) return;
      return this.#close(session, "protocol/hello", "unable to go on; a second hello");
    }
    session.phase = "greeting";
    session.clientId = frame.clientId;
    const { clock, greeting, outbound, onFailure } = this.#options;
    const arrivedAt = clock.now();
    let outcome: ErrorCode | "ok" = "ok";
    try {
      const refusal = await greeting.greet(session, frame);
      if (refusal) outbound.close(session, refusal);
      outcome = refusal?.code ?? outcome;
    } catch (error) {
      onFailure("greeting", error);
      outcome = "server/internal";
      this.#close(session, outcome, "unable to accept the link; try again");
    }
    this.#noteGreeting(session, outcome, arrivedAt);
  }

  #noteGreeting({ id: link, user }: Session, outcome: ErrorCode | "ok", arrivedAt: number): void {
    const { meter, log } = this.#options;
    meter.add("greeting", outcome);
    meter.since("greeting", arrivedAt);
    if (outcome === "ok") log.debug({ link, userId: user?.id }, "link opened");
    else log.debug({ link, code: outcome }, "link refused");
  }

  #noteLife(session: Session, user: OnlineUser, now: number): void {
    const silentMs = now - session.seenAt;
    session.seenAt = now;
    if (silentMs >= this.#options.policy.presenceExpiresMs) this.#options.signals.refreshPresence(user);
  }

  /** Why nothing more is taken from this link at the moment. */
  #obstacle(session: Session, waitMs: number): Refusal | undefined {
    if (this.isDraining) return draining;
    if (waitMs > 0) return refuse("protocol/busy", "unable to accept so many frames", waitMs);
    const { inFlight } = this.#options.policy.limits;
    return session.inFlight < inFlight
      ? undefined
      : refuse("protocol/busy", `unable to accept more than ${inFlight} at once`);
  }

  #submit(session: Session, user: OnlineUser, frame: SubmitFrame, obstacle: Refusal | undefined): void {
    this.#options.commits.submit(session, user.id, frame, obstacle);
  }

  /** Its number must be used up like any other, or the lane would wait for it for ever (D7). */
  #refuse(session: Session, user: OnlineUser, { id, lane, conversationId, error }: MalformedFrame): void {
    const { commits, newId } = this.#options;
    const refusal = refuse(error.code, error.message);
    if (lane === undefined || conversationId === undefined) {
      return this.#reject(session, id, refusal);
    }
    // Stands in for what could not be read, in its turn; being refused, it is never looked at.
    const command: Command = { type: "receipt.mark", commandId: newId(), conversationId, at: 0 };
    commits.submit(session, user.id, { id, lane, command }, refusal);
  }

  #query(session: Session, user: OnlineUser, frame: QueryFrame, obstacle: Refusal | undefined): void {
    if (obstacle) this.#reject(session, frame.id, obstacle);
    else this.#options.questions.ask(session, user.id, frame);
  }

  #reject(session: Session, id: number, refusal: Refusal): void {
    const { meter, outbound } = this.#options;
    meter.add("reject", refusal.code);
    outbound.push(session, rejectPacket(id, refusal));
  }

  #ping(session: Session, user: OnlineUser, n: number, seen: number): void {
    const { roster, outbound } = this.#options;
    outbound.push(
      session,
      packetOf({ type: "pong", n, heads: movedHeads(session, user, n, seen, roster.moves) }),
    );
  }

  /** A token that does not renew the link leaves it as it was: it may still be good for a while. */
  async #refresh(
    session: Session,
    user: OnlineUser,
    { id, token }: RefreshFrame,
    obstacle: Refusal | undefined,
  ): Promise<void> {
    const { authenticate, outbound, clock, policy } = this.#options;
    const identity = obstacle ?? (await authenticate(token)); // Never throws.
    if ("ok" in identity) return this.#reject(session, id, identity);
    if (identity.userId !== user.id) {
      const refusal = refuse("auth/invalid", "unable to renew the link; the token is someone else's");
      return this.#reject(session, id, refusal);
    }
    const { expiresAt, rateFactor = 1 } = identity;
    session.expiresAt = expiresAt ?? Infinity;
    session.issuedAt = identity.issuedAt;
    if (rateFactor !== session.rateFactor)
      outbound.push(session, packetOf({ type: "policy", policy: policyFor(policy, rateFactor) }));
    session.rateFactor = rateFactor;
    const left = expiresAt === undefined ? {} : { tokenExpiresInMs: Math.max(0, expiresAt - clock.now()) };
    outbound.push(session, packetOf({ type: "refreshed", id, ...left }));
  }

  #close(session: Session, code: ErrorCode, message: string): void {
    this.#options.outbound.close(session, { code, message });
  }
}
