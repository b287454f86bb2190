import type { Random } from "../base/random.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { LinkEvent } from "../ports/transport.ts";

/** What may go wrong with single commands and pushes. Nothing does until told; chance comes from the backend's `random`. */
export interface CommandFaults {
  /** The answers to the next `count` accepted commands are lost; the commands take effect. */
  dropAcks(count: number): void;
  /** The next `count` commands are lost on their way in: no effect, no answer. */
  dropSubmits(count: number): void;
  /** Loses pushes: a share of them in [0, 1], or those of which it says yes. 0 ends it. */
  dropPushes(which: number | PushFilter): void;
  /** Delivers each push twice, and pushes changes also to the link whose ack tells them. */
  duplicatePushes(isOn: boolean): void;
  /** Delays each push by a few turns of the microtask queue, so that those that come close together swap places. */
  reorderPushes(isOn: boolean): void;
  /** Refuses the next commands without looking at them, receipts aside. */
  refuseNext(code: ErrorCode, options?: RefuseOptions): void;
  /** Keeps back all answers, welcomes included, until `release`; pushes go on. */
  hold(): void;
  release(): void;
}

/** What may go wrong with links and with the backend itself. */
export interface MemoryFaults extends CommandFaults {
  /** Whatever a link delivers from now on takes this long, by the backend's clock. Order is kept. */
  delay(delayMs: number): void;
  /** Ends all links, or those of one user; what was on its way to them is lost. */
  cut(options?: CutOptions): void;
  /** Cuts all links, and none opens (`connection/failed`) until told `false`. */
  offline(isOffline: boolean): void;
  /** Remembers everything as it is now. */
  backup(): void;
  /** Goes back to the last `backup`, if there is one; in any case begins a new epoch and cuts all links. */
  restore(): void;
  /** Gives up old messages, and catch-up from before now, which is then answered with `reset`. */
  prune(options?: PruneOptions): void;
}

/** Is this push, to this user, to be lost? */
export type PushFilter = (event: LinkEvent, userId: string) => boolean;

export interface RefuseOptions {
  /** How many; 1 if absent. */
  readonly times?: number;
  readonly retryAfterMs?: number;
}

export interface CutOptions {
  /** Everybody if absent. */
  readonly userId?: string;
  /** `connection/lost` if absent. */
  readonly code?: ErrorCode;
  readonly retryAfterMs?: number;
}

export interface PruneOptions {
  /** All if absent. */
  readonly conversationId?: string;
  /** How many of the newest messages stay; all if absent. */
  readonly keepMessages?: number;
}

/** A refusal made up. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
}

/** A reordered push waits less than this many turns. */
const TURNS = 16;

/** The faults, and the questions the backend asks of them. */
export interface Mischief {
  readonly faults: CommandFaults;
  /** Does the link that got the ack hear of the changes too? */
  echoes(): boolean;
  losesSubmit(): boolean;
  losesAck(): boolean;
  takeRefusal(): Refusal | undefined;
  /** Answers now, or on `release`. */
  answer(answer: () => void): void;
  /** Pushes once, twice, later or never. */
  push(event: LinkEvent, userId: string, push: () => void): void;
}

export function createMischief(random: Random): Mischief {
  let lostAcks = 0;
  let lostSubmits = 0;
  let isLost: PushFilter = () => false;
  let isDoubling = false;
  let isShuffling = false;
  let held: (() => void)[] | undefined;
  const refusals: Refusal[] = [];

  const later = async (push: () => void): Promise<void> => {
    for (let turns = Math.floor(random.next() * TURNS); turns > 0; turns -= 1) await Promise.resolve();
    push();
  };

  return {
    faults: {
      dropAcks: (count) => void (lostAcks = count),
      dropSubmits: (count) => void (lostSubmits = count),
      dropPushes: (which) => void (isLost = typeof which === "number" ? () => random.next() < which : which),
      duplicatePushes: (isOn) => void (isDoubling = isOn),
      reorderPushes: (isOn) => void (isShuffling = isOn),
      refuseNext(code, { times = 1, ...when } = {}) {
        for (let count = times; count > 0; count -= 1) refusals.push({ code, ...when });
      },
      hold: () => void (held ??= []),
      release() {
        const answers = held ?? [];
        held = undefined;
        for (const answer of answers) answer();
      },
    },
    echoes: () => isDoubling,
    losesSubmit: () => lostSubmits > 0 && lostSubmits-- > 0,
    losesAck: () => lostAcks > 0 && lostAcks-- > 0,
    takeRefusal: () => refusals.shift(),
    answer(answer) {
      if (held) held.push(answer);
      else answer();
    },
    push(event, userId, push) {
      if (isLost(event, userId)) return;
      for (let copies = isDoubling ? 2 : 1; copies > 0; copies -= 1) {
        if (isShuffling) void later(push);
        else push();
      }
    },
  };
}
