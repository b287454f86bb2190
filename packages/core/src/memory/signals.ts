import type { Clock } from "../base/clock.ts";
import type { PresenceStatus, Signal, SignalEvent } from "../protocol/signals.ts";
import { areApart } from "./blocks.ts";
import type { Hub } from "./hub.ts";
import type { Session } from "./session.ts";
import type { State } from "./state.ts";

interface Appearance {
  readonly status: PresenceStatus;
  readonly seenAt: number;
}

/** Typing and presence: told to links that look at a conversation both are in, kept only while they last. */
export class Signals {
  readonly #state: State;
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #appearances = new Map<string, Appearance>();

  constructor(state: State, hub: Hub, clock: Clock) {
    this.#state = state;
    this.#hub = hub;
    this.#clock = clock;
  }

  receive(session: Session, signal: Signal): void {
    switch (signal.type) {
      case "typing":
        return this.#typing(session.userId, signal.conversationId, signal.active);
      case "presence":
        return this.appear(session.userId, signal.status);
      case "watch":
        return this.#watch(session, signal.conversationIds);
    }
  }

  appear(userId: string, status: PresenceStatus): void {
    this.#appearances.set(userId, { status, seenAt: this.#clock.now() });
    for (const session of this.#hub.sessions) {
      const isShared = [...session.watching].some((id) => this.#sees(session, id, userId));
      if (isShared) this.#show(session, { type: "presence", userId, status });
    }
  }

  #typing(userId: string, conversationId: string, active: boolean): void {
    const settings = this.#state.archive.store(conversationId).conversation?.settings;
    if (!settings?.typing) return;
    for (const session of this.#hub.sessions) {
      if (!session.watching.has(conversationId) || !this.#sees(session, conversationId, userId)) continue;
      this.#show(session, { type: "typing", conversationId, userId, active });
    }
  }

  /** Shows at once who is there, or a newcomer would wait for everybody's next sign of life. */
  #watch(session: Session, conversationIds: readonly string[]): void {
    const before = session.watching;
    session.watching = new Set(conversationIds);
    const fresh = conversationIds.filter((id) => !before.has(id));
    const deadline = this.#clock.now() - this.#state.policy.presenceExpiresMs;
    for (const [userId, { status, seenAt }] of this.#appearances) {
      if (status === "offline" || seenAt <= deadline) continue;
      const isFresh = fresh.some((id) => this.#sees(session, id, userId));
      if (isFresh) this.#show(session, { type: "presence", userId, status });
    }
  }

  /** Are both in the conversation, and is this somebody else? */
  #sees({ userId }: Session, conversationId: string, otherId: string): boolean {
    const { archive } = this.#state;
    const bothIn = archive.mayRead(conversationId, userId) && archive.mayRead(conversationId, otherId);
    return userId !== otherId && bothIn && !areApart(archive, userId, otherId);
  }

  #show(session: Session, signal: SignalEvent): void {
    this.#hub.push(session, { type: "signal", signal });
  }
}
