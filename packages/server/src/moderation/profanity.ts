import { profanityFinder, type ProfanityOptions as FinderOptions } from "@tidings/core/profanity";
import { type Moderator, pass, type Verdict } from "./moderator.ts";

export interface ProfanityOptions extends FinderOptions {
  /** What happens to a message with such a word. Default `"flag"`: word lists know no contexts. */
  readonly action?: "flag" | "mask" | "refuse";
}

/** Finds obscene words (English), also where letters are swapped, doubled, set apart or invisible ones put between. */
export function profanity({ action = "flag", ...options }: ProfanityOptions = {}): Moderator {
  const find = profanityFinder(options);
  return ({ text }): Verdict => {
    const ranges = find(text);
    if (ranges.length === 0) return pass;
    if (action === "flag") return { type: "flag", reason: "profanity", score: score(ranges.length) };
    return action === "refuse" ? { type: "refuse", reason: "profanity" } : { type: "mask", ranges };
  };
}

/** One may be a mistake, several are hardly one. */
function score(found: number): number {
  return Math.min(1, 0.4 + 0.2 * found);
}
