import { MOST_HIGHLIGHTS } from "../protocol/bounds.ts";
import type { MessageRecord, ParticipantRecord, TextRange } from "../protocol/records.ts";
import type { Highlight, SearchFilter, SearchHit } from "../protocol/search.ts";
import { attachmentsOf } from "./attachments.ts";
import { uploads } from "./content.ts";
import { fold, type Word, wordsIn } from "./words.ts";

/** What an index keeps of a message. */
export interface Searchable {
  /** Each once. Letters, digits, their marks, and emoji: nothing any query language knows. */
  readonly words: readonly string[];
  /** Facts beside the text, each `"kind:value"`. */
  readonly marks: readonly string[];
}

export interface SearchTerm {
  readonly text: string;
  /** The word only has to begin so. */
  readonly isPrefix: boolean;
}

/** A search as an index answers it: all of the terms, and of each group of marks one at least. */
export interface SearchPlan {
  readonly terms: readonly SearchTerm[];
  readonly marks: readonly (readonly string[])[];
}

/** Words of a search that count; so many name every message they are in. */
const MOST_TERMS = 10;
/** Shorter beginnings fit too much of an index to be looked up. */
const SHORTEST_PREFIX = 2;
const LONGEST_MARK = 256;

/** What there is to be found of a message; undefined if nothing, as it was deleted. */
export function searchableOf(message: MessageRecord): Searchable | undefined {
  if (message.deletedAt !== undefined) return undefined;
  const { text, ranges } = textAndRanges(message);
  const marks = new Set([`by:${message.authorId}`]);
  if (uploads.has(message.kind) || attachmentsOf(message.content).length > 0) marks.add("has:file");
  for (const range of ranges) marks.add(markOf(range));
  return {
    words: [...new Set(wordsIn(text).map(({ text: word }) => word))],
    marks: Array.from(marks, (mark) => mark.slice(0, LONGEST_MARK)),
  };
}

/** How to look a search up; undefined if it looks for nothing. */
export function searchPlan(filter: SearchFilter, readerId: string): SearchPlan | undefined {
  const { text = "", authorId, has = [], mentionsMe, hashtag } = filter;
  const terms = searchTerms(text);
  if (terms.length === 0 && text.trim() !== "") return undefined;
  const marks = has.map((feature) => [`has:${feature}`]);
  if (authorId !== undefined) marks.push([`by:${authorId}`]);
  if (hashtag !== undefined) marks.push([tagMark(hashtag)]);
  // Which role the reader has differs from conversation to conversation: `hitOf` looks.
  if (mentionsMe) marks.push([`mention:${readerId}`, "group:here", "group:role"]);
  if (terms.length === 0 && marks.length === 0) return undefined;
  return { terms, marks: marks.map((group) => group.map((mark) => mark.slice(0, LONGEST_MARK))) };
}

/** The words of a search, each once. */
export function searchTerms(text: string): readonly SearchTerm[] {
  const words = wordsIn(text).filter(({ kind }) => kind !== "tail");
  const terms = new Map<string, SearchTerm>();
  for (const [index, { text: word, kind }] of words.entries()) {
    if (terms.size === MOST_TERMS) break;
    const isBegun = kind === "word" && index === words.length - 1 && word.length >= SHORTEST_PREFIX;
    terms.set(word, { text: word, isPrefix: isBegun || kind === "sign" });
  }
  return [...terms.values()];
}

/**
 * A message as a search found it; undefined if it is not what was looked for, or no longer.
 *
 * @param self - the reader, in the conversation of the message.
 */
export function hitOf(
  message: MessageRecord,
  filter: SearchFilter,
  self: Pick<ParticipantRecord, "userId" | "role">,
): SearchHit | undefined {
  const { since = 0, until = Infinity, conversationId } = filter;
  const plan = searchPlan(filter, self.userId);
  const marks = new Set(searchableOf(message)?.marks);
  const { createdAt, conversationId: place } = message;
  if (!plan || marks.size === 0 || createdAt < since || createdAt >= until) return undefined;
  if (conversationId !== undefined && conversationId !== place) return undefined;
  if (!plan.marks.every((group) => group.some((mark) => marks.has(mark)))) return undefined;
  const { text, ranges } = textAndRanges(message);
  if (filter.mentionsMe && !ranges.some((range) => isMentioned(range, self))) return undefined;
  const highlights = highlightsIn(text, plan.terms);
  return highlights && { message, highlights };
}

/** Does a range of a text mean this person? */
export function isMentioned(
  { type, value }: Pick<TextRange, "type" | "value">,
  { userId, role }: Pick<ParticipantRecord, "userId" | "role">,
): boolean {
  return type === "mention" ? value === userId : type === "group" && (value === "here" || value === role);
}

/** Where the terms stand; undefined unless all of them do. */
export function highlightsIn(text: string, terms: readonly SearchTerm[]): readonly Highlight[] | undefined {
  const missing = new Set(terms);
  const highlights: Highlight[] = [];
  for (const word of wordsIn(text)) {
    for (const term of terms) {
      const end = endOf(word, term);
      if (end === undefined) continue;
      missing.delete(term);
      mark(highlights, word.start, end);
    }
  }
  return missing.size === 0 ? highlights : undefined;
}

/** Where what a term means of a word ends. */
function endOf(word: Word, { text, isPrefix }: SearchTerm): number | undefined {
  if (word.text === text) return word.end;
  return isPrefix && word.text.startsWith(text) ? word.headEnd : undefined;
}

function mark(highlights: Highlight[], start: number, end: number): void {
  const last = highlights.at(-1);
  if (last && start < last.end) highlights[highlights.length - 1] = { ...last, end: Math.max(last.end, end) };
  else if (highlights.length < MOST_HIGHLIGHTS) highlights.push({ start, end });
}

function markOf({ type, value }: TextRange): string {
  switch (type) {
    case "link":
      return "has:link";
    case "mention":
      return `mention:${value}`;
    case "group":
      return value === "here" ? "group:here" : "group:role";
    case "hashtag":
      return tagMark(value);
  }
}

function tagMark(tag: string): string {
  return `tag:${fold(tag)}`;
}

function textAndRanges({ content }: MessageRecord): { text: string; ranges: readonly TextRange[] } {
  return "text" in content ? { text: content.text, ranges: content.ranges ?? [] } : { text: "", ranges: [] };
}
