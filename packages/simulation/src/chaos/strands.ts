import type { Attempt, Chronicle } from "./chronicle.ts";
import type { Act, Deed } from "./deeds.ts";
import type { Failed } from "./word.ts";

/** What deeds are about: of each, the last word counts. */
export type Matter = "words" | "mark" | "vote" | "pin" | "end" | "hidden" | "blocked" | "plan";

const matters: Readonly<Record<Exclude<Act, "read">, Matter>> = {
  edit: "words",
  react: "mark",
  unreact: "mark",
  vote: "vote",
  pin: "pin",
  unpin: "pin",
  delete: "end",
  hide: "hidden",
  unhide: "hidden",
  block: "blocked",
  unblock: "blocked",
  plan: "plan",
  unplan: "plan",
};

/** As things are before anybody has done anything about them. */
export const OFF = "off";
export const ON = "on";

/** All that one person did about one thing, in order. */
export interface Strand {
  readonly matter: Matter;
  readonly userId: string;
  readonly target: string;
  /** Of a mark: which emoji. */
  readonly sign: string;
  readonly attempts: readonly Attempt[];
}

export type FailureOf = (attempt: Attempt) => Failed | undefined;

export function strandsOf(deeds: Chronicle["deeds"]): readonly Strand[] {
  const found = new Map<string, Strand & { readonly attempts: Attempt[] }>();
  for (const [userId, attempts] of deeds)
    for (const attempt of attempts) {
      const { act, target, value } = attempt.deed;
      if (act === "read") continue;
      const matter = matters[act];
      const sign = matter === "mark" ? value : "";
      const name = JSON.stringify([userId, matter, target, sign]);
      const strand = found.get(name) ?? { matter, userId, target, sign, attempts: [] };
      strand.attempts.push(attempt);
      found.set(name, strand);
    }
  return [...found.values()];
}

/** How things may be after that: as the last promise has it, or a later deed of which nobody knows how far it got. */
export function outcomesOf({ attempts, matter }: Strand, failureOf: FailureOf): ReadonlySet<string> {
  const possible = new Set<string>();
  for (const attempt of attempts.toReversed()) {
    if (attempt.denied !== undefined || failureOf(attempt)) continue;
    possible.add(valueOf(attempt.deed));
    // What was sent before it was called off stays sent, and to call it off is then nothing to refuse.
    if (attempt.kept && attempt.deed.act !== "unplan") return possible;
  }
  return possible.add(matter === "vote" ? "" : OFF);
}

function valueOf({ act, value }: Deed): string {
  if (act === "edit" || act === "vote") return value;
  return act.startsWith("un") ? OFF : ON;
}

/** Was it promised, and not taken back with a reason? */
export function hasHappened(attempt: Attempt, failureOf: FailureOf): boolean {
  return attempt.kept !== undefined && !failureOf(attempt);
}

export function describe({ deed: { key, act, target, value } }: Attempt): string {
  return `"${key}", ${[act, target, value].join(" ").trim()},`;
}
