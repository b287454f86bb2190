import type { Word } from "./chatter.ts";

/** Everything that happened in a run, with when it did. */
export interface Chronicle {
  hear(userId: string, word: Word): void;
  fault(name: string): void;
  /** By id: whose it is, and what it says. */
  readonly promised: ReadonlyMap<string, { readonly userId: string; readonly text: string }>;
  /** Whose `send` was refused, of which text, and why. */
  readonly refusals: readonly Refusal[];
  /** Defects that members reported themselves. */
  readonly failures: readonly string[];
  counts(): Counts;
  /** Per second since the beginning. */
  readonly promisedPerSecond: readonly number[];
  readonly faultTimes: readonly { readonly second: number; readonly name: string }[];
}

export interface Refusal {
  readonly userId: string;
  readonly text: string;
  readonly code: string;
}

export interface Counts {
  readonly promised: number;
  readonly refused: number;
  readonly faults: Readonly<Record<string, number>>;
}

export function createChronicle(): Chronicle {
  const began = performance.now();
  const promised = new Map<string, { readonly userId: string; readonly text: string }>();
  const refusals: Refusal[] = [];
  const failures: string[] = [];
  const promisedPerSecond: number[] = [];
  const faultTimes: { readonly second: number; readonly name: string }[] = [];
  const second = (): number => (performance.now() - began) / 1_000;
  return {
    hear(userId, word) {
      if (word.type === "promised") {
        promised.set(word.id, { userId, text: word.text });
        const now = Math.floor(second());
        while (promisedPerSecond.length <= now) promisedPerSecond.push(0);
        promisedPerSecond[now] = (promisedPerSecond[now] ?? 0) + 1;
      } else if (word.type === "refused") refusals.push({ userId, text: word.text, code: word.code });
      else if (word.type === "failed") failures.push(`${userId}: ${word.what}`);
    },
    fault: (name) => void faultTimes.push({ second: second(), name }),
    promised,
    refusals,
    failures,
    counts() {
      const faults: Record<string, number> = {};
      for (const { name } of faultTimes) faults[name] = (faults[name] ?? 0) + 1;
      return { promised: promised.size, refused: refusals.length, faults };
    },
    promisedPerSecond,
    faultTimes,
  };
}
