import {
  DataSet,
  englishDataset,
  englishRecommendedTransformers,
  parseRawPattern,
  RegExpMatcher,
} from "obscenity";
import { plainTextOf } from "./plain-text.ts";

export interface ProfanityOptions {
  /** Words that are found by mistake, as names of people and places: what lies within one of them does not count. */
  readonly allow?: readonly string[];
  /** Further words, in obscenity's notation: `"|word|"` with `|` for the edge of a word, `?` for any sign. */
  readonly words?: readonly string[];
}

/** Where in a text such a word stands. */
export interface Profanity {
  readonly start: number;
  readonly end: number;
}

/** What its list takes for something else, of texts nobody minds. */
const INNOCENT = ["shiitake", "dick van dyke", "moby dick", "penistone", "scunthorpe", "cockpit", "cocktail"];

/** Finds obscene words (English), also where letters are swapped, doubled, set apart or invisible ones put between. */
export function profanityFinder({ allow = [], words = [] }: ProfanityOptions = {}): (
  text: string,
) => readonly Profanity[] {
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
  return (text) => {
    const plain = plainTextOf(text);
    return matcher
      .getAllMatches(plain.text)
      .map(({ startIndex, endIndex }) => plain.originOf(startIndex, endIndex + 1));
  };
}
