import type { ConversationKind } from "@tidings/core/protocol";
import { SYSTEM } from "../system-actor.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { OnlineUser } from "./online.ts";
import type { Commits } from "./commits.ts";

/** A conversation that everyone who connects is put into, so that a first message needs no set-up. */
export interface Lobby {
  readonly conversationId: string;
  readonly name: string;
  readonly kind: ConversationKind;
}

export interface LobbiesOptions {
  readonly lobbies: readonly Lobby[];
  readonly store: Store;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly newId: () => string;
}

export class Lobbies {
  readonly #options: LobbiesOptions;

  constructor(options: LobbiesOptions) {
    this.#options = options;
  }

  /** Creates those that do not exist. */
  async open(): Promise<void> {
    const { lobbies, commits, clock, newId } = this.#options;
    await Promise.all(
      lobbies.map((lobby) =>
        commits.act(SYSTEM, { type: "conversation.create", commandId: newId(), at: clock.now(), ...lobby }),
      ),
    );
  }

  /** Whoever left a lobby, or was removed from it, is left alone; a full one stays full. */
  async join(user: OnlineUser): Promise<void> {
    const { lobbies, store, commits, clock, newId } = this.#options;
    const isIn = new Set([...user.conversations].map((live) => live.id));
    for (const { conversationId } of lobbies) {
      if (isIn.has(conversationId) || (await store.wasIn(conversationId, user.id))) continue;
      await commits.act(user.id, {
        type: "participant.join",
        commandId: newId(),
        at: clock.now(),
        conversationId,
      });
    }
  }
}
