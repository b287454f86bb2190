import type { Deed } from "./deeds.ts";
import type { Promised, Word } from "./word.ts";

/** Everything that happened in a run, with when it did. */
export interface Chronicle {
  hear(userId: string, word: Word): void;
  fault(name: string): void;
  /** By id: whose it is, what it says, and what it answers. */
  readonly promised: ReadonlyMap<string, Promised & { readonly userId: string }>;
  /** What each member did, in order. */
  readonly deeds: ReadonlyMap<string, readonly Attempt[]>;
  /** Whose `send` was refused, of which text, and why. */
  readonly refusals: readonly Refusal[];
  /** Defects that members reported themselves. */
  readonly failures: readonly string[];
  counts(): Counts;
  /** Per second since the beginning. */
  readonly promisedPerSecond: readonly number[];
  readonly faultTimes: readonly { readonly second: number; readonly name: string }[];
}

/** A deed, and what is known of how it went: nothing, where its client was killed meanwhile. */
export interface Attempt {
  readonly deed: Deed;
  /** It was promised; as which command. */
  kept?: { readonly id: string | undefined };
  /** It was refused: why. */
  denied?: string;
}

export interface Refusal {
  readonly userId: string;
  readonly text: string;
  readonly code: string;
}

export interface Counts {
  readonly promised: number;
  readonly refused: number;
  /** What was promised beside plain messages, by kind. */
  readonly deeds: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

export function createChronicle(): Chronicle {
  const began = performance.now();
  const promised = new Map<string, Promised & { readonly userId: string }>();
  const deeds = new Map<string, Attempt[]>();
  const refusals: Refusal[] = [];
  const failures: string[] = [];
  const promisedPerSecond: number[] = [];
  const faultTimes: { readonly second: number; readonly name: string }[] = [];
  const second = (): number => (performance.now() - began) / 1_000;
  const note = (userId: string, deed: Deed): void => {
    const known = deeds.get(userId);
    if (known) known.push({ deed });
    else deeds.set(userId, [{ deed }]);
  };
  const attempt = (userId: string, key: string): Attempt | undefined =>
    deeds.get(userId)?.findLast(({ deed }) => deed.key === key);
  return {
    hear(userId, word) {
      if (word.type === "tries") note(userId, word.deed);
      else if (word.type === "kept")
        Object.assign(attempt(userId, word.key) ?? {}, { kept: { id: word.id } });
      else if (word.type === "denied") Object.assign(attempt(userId, word.key) ?? {}, { denied: word.code });
      else if (word.type === "promised") {
        promised.set(word.id, { ...word, userId });
        const now = Math.floor(second());
        while (promisedPerSecond.length <= now) promisedPerSecond.push(0);
        promisedPerSecond[now] = (promisedPerSecond[now] ?? 0) + 1;
      } else if (word.type === "refused") refusals.push({ userId, text: word.text, code: word.code });
      else if (word.type === "failed") failures.push(`${userId}: ${word.what}`);
    },
    fault: (name) => void faultTimes.push({ second: second(), name }),
    promised,
    deeds,
    refusals,
    failures,
    counts() {
      const faults: Record<string, number> = {};
      for (const { name } of faultTimes) faults[name] = (faults[name] ?? 0) + 1;
      return {
        promised: promised.size,
        refused: refusals.length,
        faults,
        deeds: countDeeds(promised, deeds),
      };
    },
    promisedPerSecond,
    faultTimes,
  };
}

function countDeeds(
  promised: Chronicle["promised"],
  deeds: Chronicle["deeds"],
): Readonly<Record<string, number>> {
  const kept = [...deeds.values()].flat().filter((each) => each.kept);
  const messages = [...promised.values()];
  const found: Record<string, number> = {
    reply: messages.filter(({ replyTo }) => replyTo !== undefined).length,
    poll: messages.filter(({ isPoll }) => isPoll).length,
  };
  for (const { deed } of kept) found[deed.act] = (found[deed.act] ?? 0) + 1;
  return found;
}
