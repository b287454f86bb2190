import { wordsIn } from "../../domain/words.ts";
import type { MessageContent, MessageRecord } from "../../protocol/records.ts";
import type { TimelineView } from "../../timeline/view.ts";

/** Some messages that stand together, the newest first, and their words. */
export interface Chunk {
  readonly messages: readonly MessageRecord[];
  /** Of each message, between spaces. */
  readonly lines: readonly string[];
  /** All lines: what is not in here is in none of them. */
  readonly words: string;
}

/** Few enough that texts which take long to be cut do not hold up the page. */
const LENGTH = 100;

/** By view: while nobody says anything, a search after the first only looks at words. */
const known = new WeakMap<TimelineView, Chunk[]>();
/** By content: a text is cut once, however often what is around it changes. */
const cut = new WeakMap<MessageContent, string>();

/** What is loaded, in chunks, the newest first; each is made when it is asked for. */
export function* chunksOf(view: TimelineView): Generator<Chunk> {
  let chunks = known.get(view);
  if (!chunks) known.set(view, (chunks = []));
  const { length } = view.items;
  for (let end = length, index = 0; end > 0; end -= LENGTH, index += 1) {
    yield (chunks[index] ??= chunkOf(view, Math.max(0, end - LENGTH), end));
  }
}

function chunkOf({ items }: TimelineView, from: number, to: number): Chunk {
  const messages: MessageRecord[] = [];
  for (const item of items.slice(from, to)) if (item.type === "message") messages.push(item.message);
  messages.reverse();
  const lines = messages.map(lineOf);
  return { messages, lines, words: lines.join("\n") };
}

function lineOf({ content, deletedAt }: MessageRecord): string {
  if (!("text" in content) || deletedAt !== undefined) return "";
  let line = cut.get(content);
  if (line === undefined) {
    const words = wordsIn(content.text).map(({ text }) => text);
    cut.set(content, (line = ` ${words.join(" ")} `));
  }
  return line;
}
