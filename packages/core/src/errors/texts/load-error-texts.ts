import { en } from "./words/en.ts";
import { type ErrorTexts, errorTexts } from "./error-texts.ts";
import type { ErrorWords } from "./error-words.ts";

/** Fetches the words of a language, or those of them that are to be other than the SDK's. */
export type ErrorWordsSource = () => Promise<Partial<ErrorWords>> | Partial<ErrorWords>;

/** The languages that come with the SDK. Each is fetched when it is wanted first. */
const included: Readonly<Record<string, () => Promise<ErrorWords>>> = {
  en: async () => en,
  de: async () => (await import("./words/de.ts")).de,
  fr: async () => (await import("./words/fr.ts")).fr,
  es: async () => (await import("./words/es.ts")).es,
  ar: async () => (await import("./words/ar.ts")).ar,
};

/**
 * The texts in the first of these languages there is, as a browser asks for them: `de-AT` finds `de`. English if there is
 * none, or if the words of it cannot be fetched: what went wrong is told in any case.
 *
 * @param wanted - a BCP 47 tag, or several by preference, such as `navigator.languages`.
 * @param own - the app's languages, by tag. What they leave out is the SDK's: of the same language, or else English.
 *
 * @example
 * ```ts
 * import { loadErrorTexts } from "@tidings/core/errors/texts";
 *
 * const texts = await loadErrorTexts(["it-CH", "de"], {
 *   de: () => ({ sentences: { "connection/offline": "Kein Netz." } }),
 * });
 * ```
 */
export async function loadErrorTexts(
  wanted: string | readonly string[],
  own: Readonly<Record<string, ErrorWordsSource>> = {},
): Promise<ErrorTexts> {
  for (const tag of [wanted].flat().flatMap(broader)) {
    const [ours, theirs] = [sourceIn(included, tag), sourceIn(own, tag)];
    if (!ours && !theirs) continue;
    try {
      const base = (await ours?.()) ?? (await nearest(tag));
      return errorTexts(laid(base, (await theirs?.()) ?? {}, tag));
    } catch {
      continue; // a language that cannot be had now is none
    }
  }
  return errorTexts(en);
}

/** `zh-Hant-TW`, `zh-Hant`, `zh`. */
function broader(tag: string): string[] {
  const parts = tag.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}

/** Tags are compared without case, and no name is inherited. */
function sourceIn<Source>(sources: Readonly<Record<string, Source>>, tag: string): Source | undefined {
  return Object.entries(sources).find(([each]) => each.toLowerCase() === tag.toLowerCase())?.[1];
}

/** An app's `de-AT` stands on the SDK's `de`. */
async function nearest(tag: string): Promise<ErrorWords> {
  const source = broader(tag)
    .map((each) => sourceIn(included, each))
    .find(Boolean);
  return (await source?.()) ?? en;
}

function laid(
  base: ErrorWords,
  { sentences, remedies, ...rest }: Partial<ErrorWords>,
  tag: string,
): ErrorWords {
  const isOther = !tag.toLowerCase().startsWith(base.language);
  return {
    ...base,
    ...(isOther && { language: tag }),
    ...rest,
    sentences: { ...base.sentences, ...sentences },
    remedies: { ...base.remedies, ...remedies },
  };
}
