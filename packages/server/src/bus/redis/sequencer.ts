import type { BusEvent, CommittedEvent, NodeView } from "../bus.ts";

/** How long a change may wait for one before it: what is still on its way arrives within milliseconds. */
const HOLD_MS = 100;

/** Changes held at most; beyond that what is missing is read at once (D9). */
const MOST_HELD = 1_000;

interface Held {
  readonly since: number;
  readonly events: CommittedEvent[];
}

/**
 * Brings changes of several nodes into the order of their revisions.
 *
 * Laws:
 *   1  Of a conversation somebody here is in, changes are delivered with the revision after the last, or held.
 *   2  What was delivered is not delivered again: an old membership must not undo a newer one (D8).
 *   3  What is held longer than `HOLD_MS` waits for something that was lost: `overdue` names it (D4).
 */
export class Sequencer {
  readonly #node: NodeView;
  readonly #deliver: (events: readonly BusEvent[]) => void;
  readonly #held = new Map<string, Held>();
  #count = 0;

  constructor(node: NodeView, deliver: (events: readonly BusEvent[]) => void) {
    this.#node = node;
    this.#deliver = deliver;
  }

  take(event: CommittedEvent, now: number): void {
    const { conversationId } = event.head;
    const live = this.#node.conversation(conversationId);
    const [first] = event.changes;
    if (live && first && first.rev > live.head.rev + 1) {
      const held = this.#held.get(conversationId) ?? { since: now, events: [] };
      held.events.push(event);
      this.#held.set(conversationId, held);
      this.#count += 1;
      return;
    }
    this.#pass(event, live?.head.rev);
    this.release(conversationId, now);
  }

  #pass(event: CommittedEvent, rev: number | undefined): void {
    const fresh = rev === undefined ? event.changes : event.changes.filter((change) => change.rev > rev);
    if (fresh.length > 0) this.#deliver([{ ...event, changes: fresh }]);
  }

  /** Delivers of a conversation what need not be held any longer. */
  release(conversationId: string, now: number): void {
    const held = this.#held.get(conversationId);
    if (!held) return;
    this.#held.delete(conversationId);
    this.#count -= held.events.length;
    // What is held again is held since now: something was delivered, or could not be read just yet.
    for (const event of held.events.sort((one, other) => one.head.rev - other.head.rev))
      this.take(event, now);
  }

  /** Conversations in which something is missing that does not come any more. */
  overdue(now: number): readonly string[] {
    const isFull = this.#count > MOST_HELD;
    return [...this.#held].filter(([, { since }]) => isFull || now - since >= HOLD_MS).map(([id]) => id);
  }
}
