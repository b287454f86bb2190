/**
 * How search cuts a text into words: the same for every index, so that what is found does not depend on who looks. It
 * knows no language, so no stems and no stop words; capital letters, accents and points make no difference.
 */

/** A stretch of a text, as it is looked for. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** In scripts without spaces: two neighbours, one that has none, or the last one of several. */
  readonly kind: "word" | "pair" | "sign" | "tail";
  /** Where the first sign of a pair ends. */
  readonly headEnd: number;
}

/** Longer words are cut: nobody looks for the end of a key. */
const LONGEST_WORD = 64;

/** Letters and digits with their marks; or one emoji. */
const runs = /[\p{L}\p{N}\p{M}]+|\p{ExtPict}/gu;
const unspaced = "\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}";
const isUnspaced = new RegExp(`^[${unspaced}]`, "u");
const hasUnspaced = new RegExp(`[${unspaced}]`, "u");
/** One character of a script that puts no spaces between words; or everything up to one. */
const pieces = new RegExp(`[${unspaced}]\\p{M}*|[^${unspaced}]+`, "gu");
/** Points and accents, and what one sign may be taken apart into: ⑴ has brackets, ﷺ has spaces. */
const dropped = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]|[^\p{L}\p{N}\p{M}\p{ExtPict}]/gu;
const plain = /^[\0-\x7f]*$/;

/**
 * The words of a text, in order. Of scripts without spaces (Chinese, Japanese, Thai …) they are each two neighbours, and
 * the last one alone: so two characters are found where they stand together, and one wherever it stands.
 */
export function wordsIn(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const { 0: run, index } of text.matchAll(runs)) {
    if (hasUnspaced.test(run)) words.push(...pairsIn(run, index));
    else words.push(wordAt(run, index));
  }
  return words.filter(({ text: word }) => word !== ""); // an accent by itself
}

function pairsIn(run: string, offset: number): readonly Word[] {
  const words: Word[] = [];
  let before: Word | undefined;
  for (const { 0: piece, index } of run.matchAll(pieces)) {
    const next = wordAt(piece, offset + index, isUnspaced.test(piece) ? "sign" : "word");
    if (next.kind === "word") {
      if (before) words.push(before);
      words.push(next);
      before = undefined;
      continue;
    }
    if (before) {
      const { start, end: headEnd } = before;
      words.push({ ...wordAt(run.slice(start - offset, next.end - offset), start, "pair"), headEnd });
    }
    before = before ? { ...next, kind: "tail" } : next;
  }
  if (before) words.push(before);
  return words;
}

function wordAt(text: string, start: number, kind: Word["kind"] = "word"): Word {
  const end = start + text.length;
  return { text: fold(text), start, end, kind, headEnd: end };
}

/** What makes no difference taken away. */
export function fold(word: string): string {
  const cut = word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD).replace(/[\ud800-\udbff]$/, "") : word;
  if (plain.test(cut)) return cut.toLowerCase().replace(/[^a-z\d]+/g, "");
  const small = cut.normalize("NFKD").replace(dropped, "").toLowerCase();
  return small.replace(/ß/g, "ss").replace(/ς/g, "σ").normalize();
}
