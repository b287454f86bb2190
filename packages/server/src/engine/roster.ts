import type { ConversationSettings, Head } from "@tidings/core/protocol";
import type { Membership } from "../store/store.ts";
import type { LiveConversation, OnlineUser } from "./online.ts";

/** Who is online, in which conversations. The engine delivers to these and to nobody else (D8). */
export class Roster {
  readonly users: Map<string, OnlineUser> = new Map();
  readonly #conversations = new Map<string, LiveConversation>();
  /** Counts changes of heads; a pong tells which came after the one before, and fan-out pays one addition for it. */
  moves = 0;

  conversation(conversationId: string): LiveConversation | undefined {
    return this.#conversations.get(conversationId);
  }

  /** How many conversations somebody online is in. */
  get size(): number {
    return this.#conversations.size;
  }

  conversations(): IterableIterator<LiveConversation> {
    return this.#conversations.values();
  }

  /** @param memberships - the most recently active first. */
  add(userId: string, memberships: readonly Membership[], now: number): OnlineUser {
    const user: OnlineUser = {
      id: userId,
      sessions: [],
      conversations: new Set(),
      status: "offline",
      greetings: 0,
      expiresAt: now,
    };
    this.users.set(userId, user);
    for (const { head, settings } of memberships.toReversed()) {
      const live = this.conversation(head.conversationId);
      this.admit(user, head, settings);
      // What is not told here yet may be from before they came.
      if (live && live.head.rev < head.rev) this.suspect(user, live, head.rev);
    }
    return user;
  }

  /** It is not known whether the user was in the conversation before `rev`: of that they are told nothing (D8). */
  suspect(user: OnlineUser, live: LiveConversation, rev: number): void {
    if (live.users.has(user)) (live.unsure ??= new Map()).set(user, rev);
  }

  /** The user is in the conversation from now on. */
  admit(user: OnlineUser, head: Head, settings: ConversationSettings): void {
    let live = this.#conversations.get(head.conversationId);
    if (!live) {
      const id = head.conversationId;
      const nobody = { unsure: undefined, watchers: undefined, typing: undefined };
      live = { id, users: new Set(), head, settings, movedAt: ++this.moves, ...nobody };
      this.#conversations.set(id, live);
    }
    live.users.add(user);
    user.conversations.add(live);
  }

  /** The user is no longer in the conversation. */
  expel(user: OnlineUser, live: LiveConversation): void {
    for (const session of user.sessions) {
      if (live.watchers?.delete(session)) {
        session.watching = session.watching.filter((watched) => watched !== live);
      }
    }
    live.typing?.delete(user.id);
    live.unsure?.delete(user);
    live.users.delete(user);
    user.conversations.delete(live);
    if (live.users.size === 0) this.#conversations.delete(live.id);
  }

  /** Forgets a user who has no links left. */
  remove(user: OnlineUser): void {
    for (const live of [...user.conversations]) this.expel(user, live);
    this.users.delete(user.id);
  }
}
