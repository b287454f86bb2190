/** What is not seen, or only decorates what stands before it. */
const unseen = /[\p{Cf}\p{Mn}\u115f\u1160\u3164\uffa0]/u;

/** A text as it reads, and where each of its units came from. */
export interface PlainText {
  readonly text: string;
  /** The stretch of the original that the units from `start` to `end` (exclusive) stand for. */
  originOf(start: number, end: number): { readonly start: number; readonly end: number };
}

/** A word spelled letter by letter: s.p.e.l.l, s p e l l. */
const spelled = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ ._*-]){2,64}[\p{L}\p{N}](?![\p{L}\p{N}])/gu;
const separator = /[ ._*-]/u;

interface Unit {
  readonly sign: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Without what is invisible, with ordinary letters for those that only look different (𝓪, ａ, ⓐ), and with words put
 * together that are spelled letter by letter.
 */
export function plainTextOf(original: string): PlainText {
  const units = joined(unitsOf(original));
  return {
    text: textOf(units),
    originOf: (start, end) => ({
      start: units[start]?.start ?? 0,
      end: units[end - 1]?.end ?? original.length,
    }),
  };
}

function unitsOf(original: string): readonly Unit[] {
  const units: Unit[] = [];
  let start = 0;
  for (const sign of original) {
    const end = start + sign.length;
    for (const plain of sign.normalize("NFKC"))
      if (!unseen.test(plain)) for (const unit of plain.split("")) units.push({ sign: unit, start, end });
    start = end;
  }
  return units;
}

function joined(units: readonly Unit[]): readonly Unit[] {
  const dropped = new Set<number>();
  for (const { 0: word, index } of textOf(units).matchAll(spelled))
    for (let at = 0; at < word.length; at += 1) if (separator.test(word[at] ?? "")) dropped.add(index + at);
  return dropped.size === 0 ? units : units.filter((_, index) => !dropped.has(index));
}

function textOf(units: readonly Unit[]): string {
  return units.map(({ sign }) => sign).join("");
}
