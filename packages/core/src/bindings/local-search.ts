import type { MessageRecord } from "../protocol/records.ts";
import type { TimelineView } from "../timeline/view.ts";
import { textOf } from "./composer-sources.ts";

export interface LocalSearchOptions {
  /** How many to find at most, newest first. Default 50. */
  readonly limit?: number;
}

/** Letters without their accents, small. By record: a message is folded once, however often it is searched. */
const folded = new WeakMap<Pick<MessageRecord, "content">, string>();

/**
 * The loaded messages in which every word of `query` begins some word; accents and capital letters make no difference.
 * A plain scan: 50 000 messages take a few milliseconds, and nothing has to be kept up to date.
 */
export function searchTimeline<Custom>(
  { items }: TimelineView<Custom>,
  query: string,
  { limit = 50 }: LocalSearchOptions = {},
): readonly MessageRecord<Custom>[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const found: MessageRecord<Custom>[] = [];
  if (words.length === 0) return found;
  const all = items.slice();
  for (let index = all.length - 1; index >= 0 && found.length < limit; index -= 1) {
    const item = all[index];
    if (item?.type === "message" && matches(item.message, words)) found.push(item.message);
  }
  return found;
}

function matches(message: Pick<MessageRecord, "content">, words: readonly string[]): boolean {
  let text = folded.get(message);
  if (text === undefined) folded.set(message, (text = ` ${fold(textOf(message).text)}`));
  return words.every((word) => beginsAWord(text, word));
}

function beginsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ")) return true;
  }
  return false;
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
