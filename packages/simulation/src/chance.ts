import type { Random } from "@tidings/core";

/** An integer from 0 to `below` − 1. */
export function anyOf(random: Pick<Random, "next">, below: number): number {
  return Math.floor(random.next() * below);
}

/** One of `choices`; `undefined` if there is none. */
export function pick<T>(random: Pick<Random, "next">, choices: readonly T[]): T | undefined {
  return choices[anyOf(random, choices.length)];
}

/** One of the names in `weights`, each as often as its number is high. */
export function pickWeighted<Name extends string>(
  random: Pick<Random, "next">,
  weights: Readonly<Partial<Record<Name, number>>>,
): Name | undefined {
  const names = keysOf(weights);
  let left = random.next() * names.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  return names.find((name) => (left -= weights[name] ?? 0) < 0);
}

export function isLikely(random: Pick<Random, "next">, probability: number): boolean {
  return random.next() < probability;
}

function keysOf<Name extends string>(record: Readonly<Partial<Record<Name, unknown>>>): readonly Name[] {
  const names: Name[] = [];
  for (const name in record) names.push(name);
  return names;
}
