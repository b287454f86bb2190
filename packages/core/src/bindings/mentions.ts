import type { TextRange } from "../protocol/records.ts";

/** Someone, a group, a tag or an emoji that what is being written may become. */
export interface Suggestion {
  /** A user's id, `"here"` or a role, a tag, or an emoji. */
  readonly value: string;
  /** What is written behind the `@` or `#`; the name of an emoji, which is for showing alone. Default: the value. */
  readonly label?: string;
  /** Default: `"mention"` behind an `@`, `"hashtag"` behind a `#`, `"emoji"` behind a `:`. */
  readonly type?: "mention" | "group" | "hashtag" | "emoji";
}

/** A mention, a tag or an emoji's name being written: its sign, and what is there of the name. */
export interface UnfinishedMention {
  readonly start: number;
  readonly end: number;
  readonly query: string;
  readonly sign: Sign;
}

type Sign = "@" | "#" | ":";

/** Text with the ranges that lie in it. */
export interface MarkedText {
  readonly text: string;
  readonly ranges: readonly TextRange[];
}

/** Names longer than this are not completed; it bounds the look back from the caret. */
const LONGEST_QUERY = 40;

const named = /(?:^|[^\p{L}\p{N}@#/])([@#])([\p{L}\p{N}._-]*)$/u;
/** Two letters at least: `:D` and `:)` are no names. */
const emojiNamed = /(?:^|[^\p{L}\p{N}:/])(:)([a-z\d+-][a-z\d_+-]+)$/u;

/** What the caret stands in or behind, if it is being written. A sign within a word, as in an address or a time, begins nothing. */
export function mentionAt(text: string, caret: number): UnfinishedMention | undefined {
  const before = text.slice(Math.max(0, caret - LONGEST_QUERY - 1), caret);
  const [, sign, query = ""] = named.exec(before) ?? emojiNamed.exec(before) ?? [];
  if (sign !== "@" && sign !== "#" && sign !== ":") return undefined;
  return { start: caret - query.length - 1, end: caret, query, sign };
}

const usualType = { "@": "mention", "#": "hashtag", ":": "emoji" } as const;

/** Completes what is being written. The caret belongs behind the space that follows it. An emoji is text, and no range. */
export function completeMention(
  { text, ranges }: MarkedText,
  { start, end, sign }: UnfinishedMention,
  { value, label = value, type = usualType[sign] }: Suggestion,
): MarkedText & { readonly caret: number } {
  const name = type === "emoji" ? value : sign + label;
  const rest = text.slice(end);
  const space = rest.startsWith(" ") ? "" : " ";
  const completed = text.slice(0, start) + name + space + rest;
  const caret = start + name.length + 1;
  const moved = moveRanges(ranges, text, completed);
  if (type === "emoji") return { text: completed, ranges: moved, caret };
  const mention: TextRange = { type, start, end: start + name.length, value };
  const sorted = [...moved, mention].sort((one, other) => one.start - other.start);
  return { text: completed, ranges: sorted, caret };
}

/** Where ranges lie after an edit of the text; one whose own text was touched is dropped. */
export function moveRanges(
  ranges: readonly TextRange[],
  before: string,
  after: string,
): readonly TextRange[] {
  if (ranges.length === 0 || before === after) return ranges;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const by = after.length - before.length;
  return ranges.flatMap((range) => {
    if (range.end <= head) return [range];
    if (range.start < before.length - tail) return [];
    return [{ ...range, start: range.start + by, end: range.end + by }];
  });
}
