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
import type { Refusal, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Commits } from "./commits.ts";
import type { EngineBounds } from "./bounds.ts";
import { guardFrame } from "./flood-guard.ts";
import type { Authenticate, Greeting } from "./greeting.ts";
import { movedHeads } from "./heartbeat.ts";
import type { Outbound } from "./outbound.ts";
import { packetOf, refuse, rejectPacket } from "./packets.ts";
import type { Roster } from "./roster.ts";
import type { OnlineUser, Session } from "./online.ts";
import type { Signals } from "./signals.ts";

export type ReceivedFrame = ClientFrame | MalformedFrame;

export interface ReceptionOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly signals: Signals;
  readonly commits: Commits;
  readonly greeting: Greeting;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly bounds: EngineBounds;
  readonly authenticate: Authenticate;
  readonly newId: () => string;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Takes one frame at a time from a link, and sees that each gets its answer. */
export class Reception {
  readonly #options: ReceptionOptions;
  isDraining = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  receive(session: Session, frame: ReceivedFrame): void {
    const { clock, bounds } = this.#options;
    const now = clock.now();
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
        return void this.#query(session, user, frame, this.#obstacle(session, waitMs));
      case "signal":
        return waitMs === 0 ? this.#options.signals.receive(session, user, frame.signal) : undefined;
      case "ping":
        return this.#ping(session, user, frame.n, frame.seen);
      case "refresh":
        return void this.#refresh(session, user, frame);
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
    try {
      const refusal = await this.#options.greeting.greet(session, frame);
      if (refusal) this.#options.outbound.close(session, refusal);
    } catch (error) {
      this.#options.onFailure("greeting", error);
      this.#close(session, "server/internal", "unable to accept the link; try again");
    }
  }

  #noteLife(session: Session, user: OnlineUser, now: number): void {
    const silentMs = now - session.seenAt;
    session.seenAt = now;
    if (silentMs >= this.#options.policy.presenceExpiresMs) this.#options.signals.refreshPresence(user);
  }

  /** Why nothing more is taken from this link at the moment. */
  #obstacle(session: Session, waitMs: number): Refusal | undefined {
    if (this.isDraining) return refuse("server/draining", "unable to accept anything new; the server stops");
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
    const { commits, outbound, newId } = this.#options;
    const refusal = refuse(error.code, error.message);
    if (lane === undefined || conversationId === undefined) {
      return outbound.push(session, rejectPacket(id, refusal));
    }
    // Stands in for what could not be read, in its turn; being refused, it is never looked at.
    const command: Command = { type: "receipt.mark", commandId: newId(), conversationId, at: 0 };
    commits.submit(session, user.id, { id, lane, command }, refusal);
  }

  async #query(
    session: Session,
    user: OnlineUser,
    { id, query }: QueryFrame,
    obstacle?: Refusal,
  ): Promise<void> {
    const { store, outbound, policy, onFailure } = this.#options;
    if (obstacle) return outbound.push(session, rejectPacket(id, obstacle));
    session.inFlight += 1;
    try {
      const capped =
        "limit" in query ? { ...query, limit: Math.min(query.limit, policy.limits.pageSize) } : query;
      const answer = await store.query(user.id, capped);
      const packet = answer.ok
        ? packetOf({ type: "result", id, result: answer.result })
        : rejectPacket(id, answer);
      outbound.push(session, packet);
    } catch (error) {
      onFailure("query", error);
      outbound.push(
        session,
        rejectPacket(id, refuse("server/unavailable", "unable to answer; try again", 1_000)),
      );
    } finally {
      session.inFlight -= 1;
    }
  }

  #ping(session: Session, user: OnlineUser, n: number, seen: number): void {
    const { roster, outbound } = this.#options;
    outbound.push(
      session,
      packetOf({ type: "pong", n, heads: movedHeads(session, user, n, seen, roster.moves) }),
    );
  }

  /** A token that does not renew the link leaves it as it was: it may still be good for a while. */
  async #refresh(session: Session, user: OnlineUser, { id, token }: RefreshFrame): Promise<void> {
    const { authenticate, outbound, clock } = this.#options;
    const identity = await authenticate(token); // Never throws.
    if ("ok" in identity) return outbound.push(session, rejectPacket(id, identity));
    if (identity.userId !== user.id) {
      const refusal = refuse("auth/invalid", "unable to renew the link; the token is someone else's");
      return outbound.push(session, rejectPacket(id, refusal));
    }
    const { expiresAt } = identity;
    session.expiresAt = expiresAt ?? Infinity;
    const left = expiresAt === undefined ? {} : { tokenExpiresInMs: Math.max(0, expiresAt - clock.now()) };
    outbound.push(session, packetOf({ type: "refreshed", id, ...left }));
  }

  #close(session: Session, code: ErrorCode, message: string): void {
    this.#options.outbound.close(session, { code, message });
  }
}
