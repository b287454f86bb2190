import type { TextRange } from "../protocol/records.ts";
import type { ComposeStep } from "./pipeline.ts";

/** What does not show and may stay all the same, each piece with what it belongs to. */
const meaningful = [
  // The joiner of an emoji sequence.
  /\p{ExtPict}[\uFE0F\p{EMod}]?\u200D(?=\p{ExtPict})/u,
  // The tags of a subdivision flag; six at most, so that no text hides in them.
  /\u{1F3F4}[\u{E0030}-\u{E007A}]{2,6}\u{E007F}/u,
  // One variation selector behind something visible.
  /[^\s\p{Cc}\p{DI}][\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180D]/u,
  // One joiner behind a letter of a script that spells with it: Arabic, Persian, Indic (Unicode 17, section 23.2).
  /[\p{L}\p{M}](?<![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}])[\u200C\u200D]/u,
  // Of a run of directional marks the last. Embeddings, overrides and isolates go: left open they turn the page around
  // them (CVE-2021-42574).
  /[\u061C\u200E\u200F](?!\p{DI})/u,
];
const unseen = new RegExp(
  `(${meaningful.map(({ source }) => source).join("|")})|(?![\\t\\n])\\p{Cc}|[\\uFFF9-\\uFFFB]|\\p{DI}`,
  "gu",
);
const lineEnds = /\r\n?|[\u2028\u2029]/g;
const loneSurrogates = /\p{Cs}/gu;

/**
 * Brings a draft's text into one form: NFC, lines ended by LF, nothing invisible, no white space at either end. Doing
 * it twice changes nothing more. Ranges move with their text; one whose text did not survive is dropped.
 */
export const normalise: ComposeStep = {
  name: "normalise",
  run(draft) {
    const clean = cleaned(draft.text);
    const text = clean.trim();
    if (text === draft.text || !draft.ranges) return { ...draft, text };
    const offset = clean.length - clean.trimStart().length;
    return {
      ...draft,
      text,
      ranges: draft.ranges.flatMap((range) => moved(range, draft.text, text, offset)),
    };
  },
};

/** Most of what is written with an English keyboard: nothing to look for in it. */
const plain = /^[\n -~]*$/;

function cleaned(text: string): string {
  if (plain.test(text)) return text;
  const clean = text
    .replace(lineEnds, "\n")
    .replace(loneSurrogates, "\uFFFD")
    .replace(unseen, "$1")
    .normalize();
  // What was taken out may have kept apart what now belongs together.
  return clean === text ? text : cleaned(clean);
}

function moved(range: TextRange, before: string, after: string, offset: number): readonly TextRange[] {
  const start = cleaned(before.slice(0, range.start)).length - offset;
  const end = cleaned(before.slice(0, range.end)).length - offset;
  const isWhole = start < end && after.slice(start, end) === cleaned(before.slice(range.start, range.end));
  return isWhole && start >= 0 ? [{ ...range, start, end }] : [];
}
