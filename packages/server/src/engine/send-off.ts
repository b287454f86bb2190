import { BoundedMap } from "../bounded-map.ts";
import type { BusEvent, ErasedEvent } from "../bus/bus.ts";
import type { Refusal, Store } from "../store/store.ts";
import { eachOf } from "./each-of.ts";
import type { Identity } from "./greeting.ts";
import type { Outbound } from "./outbound.ts";
import { outlived } from "./outlived.ts";
import type { Roster } from "./roster.ts";

export interface SendOffOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Erasures of a moment ago (D9): longer than a link takes from its token to its welcome. */
const MOST_RECENT = 1_000;

/** Ends the links of whoever is erased, on whichever node that was asked for. */
export class SendOff {
  readonly #options: SendOffOptions;
  readonly #recent = new BoundedMap<string, number>(MOST_RECENT);

  constructor(options: SendOffOptions) {
    this.#options = options;
  }

  /** Was this link's user erased after its token was looked at? */
  obstacle({ userId, issuedAt }: Identity): Refusal | undefined {
    const at = this.#recent.get(userId);
    return at === undefined ? undefined : outlived({ issuedAt }, at);
  }

  /** Everything the bus brings. What it may have lost, the store knows. */
  hear(event: BusEvent): void {
    if (event.type === "erased") this.#end(event);
    if (event.type === "lost" && !event.conversationIds && !event.userIds)
      this.#look().catch((error: unknown) => this.#options.onFailure("erasure", error));
  }

  async #look(): Promise<void> {
    const { store, roster } = this.#options;
    const { erasures } = store;
    if (!erasures) return;
    await eachOf([...roster.users.keys()], async (userId) => {
      const at = await erasures.of(userId);
      if (at !== undefined) this.#end({ type: "erased", userId, at });
    });
  }

  #end({ userId, at }: ErasedEvent): void {
    const { roster, outbound } = this.#options;
    this.#recent.set(userId, at);
    for (const session of [...(roster.users.get(userId)?.sessions ?? [])]) {
      const refusal = outlived(session, at);
      if (refusal) outbound.close(session, refusal);
    }
  }
}
