import type { Random } from "@tidings/core";

/** What AppSync, or the way to it, may do wrong. Nothing does until set. */
export interface EndpointFaults {
  /** The share of events that get lost. */
  drop: number;
  /** The share of events that come twice. */
  duplicate: number;
  /** Every event is this late. */
  delayMs: number;
  /** Each event is late by up to this much, so that they overtake each other. */
  reorderMs: number;
  /** No frame leaves any more, and no socket closes; HTTP works. */
  silent: boolean;
  /** Senders select nothing but what is filtered by, as an app of another schema version does. */
  thin: boolean;
  /** `errors` is one object instead of a list. */
  objectErrors: boolean;
  /** So many starts to come are answered by `LimitExceededError` without an id. */
  limitStarts: number;
  /** Events of this long after `start_ack` do not come. */
  deafMs: number;
  /** The end of a membership ends the subscription; "close": and the socket with it, as AppSync does; "none": neither. */
  invalidation: "none" | "complete" | "close";
  /** The share of HTTP requests whose answer is lost; what they asked for is done. */
  loseAnswers: number;
  /** The share of HTTP requests that are answered by 503 and done nothing about. */
  unavailable: number;
}

export function noFaults(): EndpointFaults {
  return {
    drop: 0,
    duplicate: 0,
    delayMs: 0,
    reorderMs: 0,
    silent: false,
    thin: false,
    objectErrors: false,
    limitStarts: 0,
    deafMs: 0,
    invalidation: "close",
    loseAnswers: 0,
    unavailable: 0,
  };
}

/** Does it go wrong this time? Where it never does, chance is not asked. */
export function strikes(share: number, random: Random): boolean {
  return share > 0 && random.next() < share;
}

/** Keeps back what is said, in order. */
export interface Gate {
  pass(say: () => void): void;
  hold(): void;
  release(): void;
}

export function createGate(): Gate {
  let held: (() => void)[] | undefined;
  return {
    pass(say) {
      if (held) held.push(say);
      else say();
    },
    hold: () => void (held ??= []),
    release() {
      const all = held ?? [];
      held = undefined;
      for (const say of all) say();
    },
  };
}
