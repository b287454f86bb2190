import {
  DataSet,
  englishDataset,
  englishRecommendedTransformers,
  parseRawPattern,
  RegExpMatcher,
} from "obscenity";
import type { Moderator, Verdict } from "./moderator.ts";
import { pass } from "./moderator.ts";
import { plainTextOf } from "./plain-text.ts";

export interface ProfanityOptions {
  /** What happens to a message with such a word. Default `"flag"`: word lists know no contexts. */
  readonly action?: "flag" | "mask" | "refuse";
  /** Words that are found by mistake, as names of people and places: what lies within one of them does not count. */
  readonly allow?: readonly string[];
  /** Further words, in obscenity's notation: `"|word|"` with `|` for the edge of a word, `?` for any sign. */
  readonly words?: readonly string[];
}

/** What its list takes for something else, of texts nobody minds. */
const INNOCENT = ["shiitake", "dick van dyke", "moby dick", "penistone", "scunthorpe", "cockpit", "cocktail"];

/** Finds obscene words (English), also where letters are swapped, doubled, set apart or invisible ones put between. */
export function profanity({ action = "flag", allow = [], words = [] }: ProfanityOptions = {}): Moderator {
  const { blacklistedTerms, whitelistedTerms } = englishDataset.build();
  const more = new DataSet<{ originalWord: string }>();
  for (const word of words) more.addPhrase((phrase) => phrase.addPattern(parseRawPattern(word)));
  const { blacklistedTerms: further } = more.build();
  const matcher = new RegExpMatcher({
    blacklistedTerms: [
      ...blacklistedTerms,
      ...further.map(({ pattern }, index) => ({ id: blacklistedTerms.length + index, pattern })),
    ],
    whitelistedTerms: [...(whitelistedTerms ?? []), ...INNOCENT, ...allow],
    ...englishRecommendedTransformers,
  });
  return ({ text }): Verdict => {
    const plain = plainTextOf(text);
    const found = matcher.getAllMatches(plain.text);
    if (found.length === 0) return pass;
    if (action === "flag") return { type: "flag", reason: "profanity", score: score(found.length) };
    if (action === "refuse") return { type: "refuse", reason: "profanity" };
    return {
      type: "mask",
      ranges: found.map(({ startIndex, endIndex }) => plain.originOf(startIndex, endIndex + 1)),
    };
  };
}

/** One may be a mistake, several are hardly one. */
function score(found: number): number {
  return Math.min(1, 0.4 + 0.2 * found);
}
