import type { Policy, PresenceStatus, Signal, SignalEvent } from "@tidings/core/protocol";
import type { Bus, PresenceEvent, TypingEvent } from "../bus/bus.ts";
import type { Clock } from "./clock.ts";
import type { Contacts } from "./contacts.ts";
import type { Outbound } from "./outbound.ts";
import { packetOf } from "./packets.ts";
import type { Roster } from "./roster.ts";
import type { LiveConversation, OnlineUser, Session } from "./online.ts";

/** A typing signal may come this much before its time, for clocks and networks are not exact. */
const TYPING_SLACK_MS = 500;

/** How many people shown to a link cost it as much as a frame. */
const SHOWN_PER_FRAME = 50;

/** Conversations about which other nodes are asked when a block was lifted, at most (D9): those looked at are few. */
const MOST_ASKED = 20;

/** Conversations in which a change of somebody's presence is told at most (D9). */
const MOST_TOLD = 1_000;

export interface SignalsOptions {
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly contacts: Contacts;
}

/** Typing and presence: never stored, shown only to links that look at a conversation both are in. */
export class Signals {
  readonly #roster: Roster;
  readonly #outbound: Outbound;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #policy: Policy;
  readonly #contacts: Contacts;

  constructor({ roster, outbound, bus, clock, policy, contacts }: SignalsOptions) {
    this.#roster = roster;
    this.#outbound = outbound;
    this.#bus = bus;
    this.#clock = clock;
    this.#policy = policy;
    this.#contacts = contacts;
  }

  receive(session: Session, user: OnlineUser, signal: Signal): void {
    switch (signal.type) {
      case "typing":
        return this.#typing(user, signal.conversationId, signal.active);
      case "presence":
        session.status = signal.status;
        return this.refreshPresence(user);
      case "watch":
        return this.#watch(session, user, signal.conversationIds);
    }
  }

  #typing(user: OnlineUser, conversationId: string, active: boolean): void {
    const live = this.#roster.conversation(conversationId);
    if (!live?.users.has(user) || !live.settings.typing) return;
    if (!active) return this.stopTyping(live, user.id);
    const now = this.#clock.now();
    const { everyMs, expiresMs } = this.#policy.typing;
    const until = live.typing?.get(user.id) ?? 0;
    const startedAt = until - expiresMs;
    if (now < until && now - startedAt < everyMs - TYPING_SLACK_MS) return;
    live.typing ??= new Map();
    live.typing.set(user.id, now + expiresMs);
    this.#bus.publish([{ type: "typing", conversationId, userId: user.id, active: true }]);
  }

  stopTyping(live: LiveConversation, userId: string): void {
    if (!live.typing?.delete(userId)) return;
    this.#bus.publish([{ type: "typing", conversationId: live.id, userId, active: false }]);
  }

  /** Replaces what the link looks at, and shows it what is new there. */
  #watch(session: Session, user: OnlineUser, conversationIds: readonly string[]): void {
    const before = session.watching;
    const watching = new Set<LiveConversation>();
    for (const id of conversationIds) {
      const live = this.#roster.conversation(id);
      if (live?.users.has(user)) watching.add(live);
    }
    this.unwatch(session);
    session.watching = [...watching];
    for (const live of watching) (live.watchers ??= new Set()).add(session);
    const fresh = session.watching.filter((live) => !before.includes(live));
    const unseen = new Set([...session.unseen, ...fresh]);
    session.unseen = session.watching.filter((live) => unseen.has(live));
    this.#contacts.whenKnown(
      user.id,
      () => this.#show(session),
      () => session,
    );
    for (const live of fresh) this.#bus.watched?.(live.id);
  }

  unwatch(session: Session): void {
    for (const live of session.watching) live.watchers?.delete(session);
    session.watching = [];
  }

  /** What is to be seen in conversations the link looks at since a moment ago. */
  #show(session: Session): void {
    const shown = new Set<string>();
    for (const live of session.unseen) if (live.watchers?.has(session)) this.#showIn(live, session, shown);
    session.unseen = [];
    // One small frame may ask for fifty thousand: what it makes the server send counts as sent by the link (D9).
    session.frameTokens -= shown.size / SHOWN_PER_FRAME;
  }

  #showIn(live: LiveConversation, session: Session, shown: Set<string>): void {
    for (const { id: userId, status } of live.users) {
      if (status === "offline" || shown.has(userId) || !this.#mayShow(session, userId)) continue;
      shown.add(userId);
      this.#push(session, { type: "presence", userId, status });
    }
    for (const userId of live.typing?.keys() ?? []) {
      if (!this.#mayShow(session, userId)) continue;
      this.#push(session, { type: "typing", conversationId: live.id, userId, active: true });
    }
  }

  /** Works out how a user appears, from all their links; tells the others if that is news. */
  refreshPresence(user: OnlineUser): void {
    const alive = this.#clock.now() - this.#policy.presenceExpiresMs;
    const seen = user.sessions.filter((session) => session.seenAt > alive).map((session) => session.status);
    const status = (["online", "away"] as const).find((each) => seen.includes(each)) ?? "offline";
    this.setPresence(user, status);
  }

  setPresence(user: OnlineUser, status: PresenceStatus): void {
    if (user.status === status) return;
    user.status = status;
    // Who looks at them on other nodes is not known here.
    const isShared = this.#bus.watched !== undefined;
    const conversationIds = [...user.conversations]
      .filter((live) => isShared || live.watchers?.size)
      .slice(0, MOST_TOLD)
      .map((live) => live.id);
    if (conversationIds.length === 0) return;
    this.#bus.publish([{ type: "presence", userId: user.id, status, conversationIds }]);
  }

  /** Whom a block parts see nothing of each other: what is to be shown waits until it is known whom. */
  showTyping(event: TypingEvent): void {
    const { conversationId, userId } = event;
    if (!this.#isSeen(conversationId)) return;
    this.#contacts.whenKnown(
      userId,
      () => this.#showTyping(event),
      () => `typing in ${conversationId}`,
    );
  }

  showPresence(event: PresenceEvent): void {
    const { conversationIds, userId } = event;
    if (!conversationIds.some((id) => this.#isSeen(id))) return;
    const about = (): string => `presence in ${conversationIds.join(" ")}`;
    this.#contacts.whenKnown(userId, () => this.#showPresence(event), about);
  }

  /** Does anybody here look at it? */
  #isSeen(conversationId: string): boolean {
    return (this.#roster.conversation(conversationId)?.watchers?.size ?? 0) > 0;
  }

  #showTyping({ conversationId, userId, active }: TypingEvent): void {
    const packet = packetOf({ type: "signal", signal: { type: "typing", conversationId, userId, active } });
    for (const session of this.#roster.conversation(conversationId)?.watchers ?? []) {
      if (this.#mayShow(session, userId)) this.#outbound.push(session, packet);
    }
  }

  #showPresence({ userId, status, conversationIds }: PresenceEvent): void {
    const packet = packetOf({ type: "signal", signal: { type: "presence", userId, status } });
    const watchers = new Set<Session>();
    for (const id of conversationIds) {
      for (const session of this.#roster.conversation(id)?.watchers ?? []) watchers.add(session);
    }
    for (const session of watchers) if (this.#mayShow(session, userId)) this.#outbound.push(session, packet);
  }

  /** A block came or went between the two: what each is shown of the other goes, or comes back. */
  refreshBetween(oneId: string, otherId: string): void {
    this.#refreshFor(oneId, otherId);
    this.#refreshFor(otherId, oneId);
  }

  #refreshFor(readerId: string, userId: string): void {
    const reader = this.#roster.users.get(readerId);
    const user = this.#roster.users.get(userId);
    if (!reader) return;
    const isApart = this.#contacts.areApart(readerId, userId);
    for (const session of reader.sessions) {
      // Who is not here may be elsewhere.
      if (!isApart && !user)
        for (const { id } of session.watching.slice(0, MOST_ASKED)) this.#bus.watched?.(id);
      const shared = session.watching.filter((live) => user && live.users.has(user));
      if (shared.length === 0 && !isApart) continue;
      this.#push(session, { type: "presence", userId, status: (!isApart && user?.status) || "offline" });
      for (const { id: conversationId, typing } of shared)
        if (typing?.has(userId))
          this.#push(session, { type: "typing", conversationId, userId, active: !isApart });
    }
  }

  /** Not of oneself, nor of somebody with whom there is no contact. */
  #mayShow({ user }: Session, userId: string): boolean {
    return user !== undefined && user.id !== userId && !this.#contacts.areApart(userId, user.id);
  }

  /** Ends what has not been renewed. */
  sweepTyping(): void {
    const now = this.#clock.now();
    for (const live of this.#roster.conversations()) {
      for (const [userId, until] of live.typing ?? []) if (until <= now) this.stopTyping(live, userId);
    }
  }

  #push(session: Session, signal: SignalEvent): void {
    this.#outbound.push(session, packetOf({ type: "signal", signal }));
  }
}
