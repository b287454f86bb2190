/** `@tidings/core/emoji`: shortcodes, and what is an emoji. Only those who import this door ship the list (gemoji, MIT). */
import { nameToEmoji } from "gemoji";
import type { ComposeStep } from "./pipeline.ts";

/** An emoji, and the name it may be written by: `:name:`. */
export interface NamedEmoji {
  readonly emoji: string;
  readonly name: string;
}

const names: ReadonlyMap<string, string> = new Map(Object.entries(nameToEmoji));
const shortcode = /:([+-]?[a-z\d_]{1,40}):/g;
/** Of code one sees what was typed. */
const code = /```[^]*?(?:```|$)|`[^`\n]*`/g;
const MOST_FOUND = 20;

/** The emoji of a name, as in `:tada:`; undefined if there is none. */
export function emojiOf(name: string): string | undefined {
  return names.get(name.toLowerCase());
}

/** Emoji by name, for suggestions behind a `:`: the one called so, those that begin so, those that have it within. */
export function emojiNamed(query: string, most: number = MOST_FOUND): readonly NamedEmoji[] {
  const sought = query.toLowerCase();
  const found = new Map<string, NamedEmoji>();
  const fits = [
    (name: string) => name === sought,
    (name: string) => name.startsWith(sought),
    (name: string) => name.includes(sought),
  ];
  for (const isFit of sought === "" ? [] : fits) {
    for (const [name, emoji] of names)
      if (isFit(name) && !found.has(emoji)) found.set(emoji, { emoji, name });
  }
  return [...found.values()].slice(0, most);
}

/**
 * Is it one emoji, as people see it: families, flags and skin tones included? A digit is none, nor is a letter.
 */
export function isEmoji(text: string): boolean {
  return text.length <= 64 && single().test(text);
}

/** Is there nothing but emoji, `most` of them? Such a message may be shown large. */
export function isOnlyEmoji(text: string, most = 3): boolean {
  const parts = text.replace(/\s/g, "");
  if (parts === "" || parts.length > 64 * most) return false;
  const found = parts.match(several()) ?? [];
  return found.length <= most && found.join("") === parts;
}

/**
 * A step that writes `:tada:` as 🎉, but in code. Place it before `normalise`, as ranges are dropped where the text changes
 * within them.
 */
export const shortcodes: ComposeStep = {
  name: "shortcodes",
  run(draft) {
    if (!draft.text.includes(":")) return draft;
    const edits = editsOf(draft.text);
    if (edits.length === 0) return draft;
    let text = "";
    let end = 0;
    for (const edit of edits) {
      text += draft.text.slice(end, edit.start) + edit.emoji;
      end = edit.end;
    }
    text += draft.text.slice(end);
    const ranges = draft.ranges?.flatMap((range) => {
      if (edits.some(({ start, end: last }) => start < range.end && range.start < last)) return [];
      const by = edits
        .filter(({ end: last }) => last <= range.start)
        .reduce((sum, { start, end: last, emoji }) => sum + emoji.length - (last - start), 0);
      return [{ ...range, start: range.start + by, end: range.end + by }];
    });
    return { ...draft, text, ...(ranges && { ranges }) };
  },
};

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly emoji: string;
}

function editsOf(text: string): readonly Edit[] {
  const closed = Array.from(
    text.matchAll(code),
    ({ 0: { length }, index }) => [index, index + length] as const,
  );
  return Array.from(text.matchAll(shortcode)).flatMap(({ 0: written, 1: name = "", index }) => {
    const emoji = names.get(name);
    const end = index + written.length;
    const isInCode = closed.some(([from, to]) => index < to && from < end);
    return emoji === undefined || isInCode ? [] : [{ start: index, end, emoji }];
  });
}

/** Unicode's own list, as the browser has it (Chromium 112, Firefox 116, Safari 17): written so that others can load this. */
let made: { readonly single: RegExp; readonly several: RegExp } | undefined;
function patterns(): NonNullable<typeof made> {
  return (made ??= {
    single: new RegExp("^\\p{RGI_Emoji}$", "v"),
    several: new RegExp("\\p{RGI_Emoji}", "gv"),
  });
}
const single = (): RegExp => patterns().single;
const several = (): RegExp => patterns().several;
