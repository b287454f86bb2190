import { BoundedMap } from "../../bounded-map.ts";
import { MOST_NAMED, type NodeView, type PresenceEvent, type TypingEvent } from "../bus.ts";

/** Conversations that one call is about. */
const MOST_CALLED = 200;
/** Calls each time that some are due: what they are answered, every node reads. */
const CALLS_AT_ONCE = 5;
/** Calls whose answers are understood. */
const MOST_PENDING = 2_000;
/** Who could not be heard a moment ago may have missed what was called since. */
const RECENT_MS = 5_000;

/** Asks who is in these conversations elsewhere. */
export interface Call {
  readonly n: number;
  /** Absent: everybody is asked. */
  readonly to?: string;
  /** Whoever calls has heard nothing until now. */
  readonly isBack?: true;
  readonly conversationIds: readonly string[];
}

/** Answers a part of a call: in the conversations from `begin` on, before `end`, nobody is but those named. */
export interface Roll {
  readonly begin: number;
  readonly end: number;
  /** … except these, where not everybody is named. */
  readonly crowded: readonly string[];
  readonly signals: readonly (TypingEvent | PresenceEvent)[];
}

/**
 * Presence is stored nowhere, so what was lost of it has to be asked for again: of one node, or of all. Whatever somebody
 * here looks at is called, a bounded number at a time.
 *
 * Laws:
 *   1  Everything that is looked at is called after the last `suspect` or `back`, of all nodes concerned.
 *   2  However often something is lost, every conversation has its turn.
 */
export class RollCall {
  readonly #node: NodeView;
  readonly #pending = new BoundedMap<number, readonly string[]>(MOST_PENDING);
  readonly #unsure = new Set<string>();
  #isBack = false;
  #due: Call[] = [];
  #n = 0;
  #calledAt = -Infinity;

  constructor(node: NodeView) {
    this.#node = node;
  }

  /** Nothing was heard for a while. */
  back(): void {
    this.#isBack = true;
  }

  /** Something that this node said was lost. */
  suspect(from: string): void {
    this.#unsure.add(from);
  }

  /** This node hears again: it may have missed our calls. */
  heardBack(from: string, now: number): void {
    if (this.#due.length > 0 || now - this.#calledAt < RECENT_MS) this.suspect(from);
  }

  /** What is to be called now. */
  next(now: number): readonly Call[] {
    if (this.#isBack || this.#unsure.size > 0) this.#plan();
    const calls = this.#due.splice(0, CALLS_AT_ONCE);
    for (const { n, conversationIds } of calls) this.#pending.set(n, conversationIds);
    if (calls.length > 0) this.#calledAt = now;
    return calls;
  }

  /** The conversations of an answer about which it says everything. */
  answered(n: number, { begin, end, crowded }: Roll): readonly string[] {
    return (this.#pending.get(n) ?? []).slice(begin, end).filter((id) => !crowded.includes(id));
  }

  #plan(): void {
    // Those that wait from before go first; and whom they were meant for is asked too, by asking everybody.
    const waiting = new Set(this.#due.flatMap(({ conversationIds }) => conversationIds));
    const watched = new Set(this.#node.watched());
    const called = [
      ...[...waiting].filter((id) => watched.has(id)),
      ...[...watched].filter((id) => !waiting.has(id)),
    ];
    const [only, ...others] = this.#unsure;
    const isForOne = only !== undefined && others.length === 0 && !this.#isBack && waiting.size === 0;
    this.#due = [];
    for (let begin = 0; begin < called.length; begin += MOST_CALLED)
      this.#due.push({
        n: (this.#n += 1),
        ...(isForOne && { to: only }),
        conversationIds: called.slice(begin, begin + MOST_CALLED),
      });
    if (this.#isBack) this.#due.unshift({ n: (this.#n += 1), isBack: true, conversationIds: [] });
    this.#isBack = false;
    this.#unsure.clear();
  }
}

/** Who is here, in answers of a bounded size. */
export function* answersOf(node: NodeView, called: readonly string[]): Generator<Roll> {
  let [begin, end] = [0, 0];
  let crowded: string[] = [];
  let signals: (TypingEvent | PresenceEvent)[] = [];
  for (const conversationId of called) {
    const here = node.signals(conversationId);
    end += 1;
    signals.push(...here);
    if (here.length >= MOST_NAMED) crowded.push(conversationId);
    if (signals.length < MOST_NAMED) continue;
    yield { begin, end, crowded, signals };
    [begin, crowded, signals] = [end, [], []];
  }
  if (begin < end) yield { begin, end, crowded, signals };
}
