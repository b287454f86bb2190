import { soundMessage } from "../../cache/kept.ts";
import { searchableOf, type SearchPlan } from "../../domain/search.ts";
import type { MessageRecord } from "../../protocol/records.ts";

/** A search as the index answers it. */
export interface Sought {
  readonly plan: SearchPlan;
  readonly since?: number;
  readonly until?: number;
  readonly conversationId?: string;
  readonly limit: number;
}

/**
 * Messages and their words. It knows nothing of storage, and runs in a page or a worker alike. A message is held as text,
 * which takes a third of the room, and is read only when it was found.
 */
export interface WordIndex {
  /** Messages that stand together, the newest first, as they were read; what is unsound, or deleted, is left out. */
  add(conversationId: string, messages: readonly unknown[]): void;
  drop(conversationId: string): void;
  /**
   * The newest that have the words and the marks: who asks looks again at what these mean to the reader. Yields now and then,
   * so that who looks may pause.
   */
  find(sought: Sought): Generator<undefined, readonly MessageRecord[]>;
}

interface Held {
  readonly createdAt: number;
  readonly text: string;
}

interface Chunk {
  readonly conversationId: string;
  readonly held: readonly Held[];
  /** Of each message, its words between spaces, then its marks between what no word has. */
  readonly lines: readonly string[];
  /** All lines: what is not in here is in none of them. */
  readonly words: string;
  readonly newest: number;
}

/** Walked from the newest on over all conversations, and left where enough was found: see `walk`. */
export function createWordIndex(): WordIndex {
  const places = new Map<string, Chunk[]>();
  let ordered: readonly Chunk[] | undefined;

  const newestFirst = (): readonly Chunk[] =>
    (ordered ??= [...places.values()].flat().sort((one, other) => other.newest - one.newest));

  return {
    add(conversationId, messages) {
      const chunks = places.get(conversationId) ?? [];
      places.set(conversationId, chunks);
      chunks.push(chunkOf(conversationId, messages));
      ordered = undefined;
    },
    drop(conversationId) {
      places.delete(conversationId);
      ordered = undefined;
    },
    *find({ plan, since = 0, until = Infinity, conversationId: place, limit }) {
      const isSought = testOf(plan);
      let found: readonly Held[] = [];
      for (const { conversationId, held, lines, words, newest } of newestFirst()) {
        const oldest = found.length < limit ? 0 : (found.at(-1)?.createdAt ?? 0);
        if (newest < Math.max(since, oldest)) break;
        yield;
        if ((place ?? conversationId) !== conversationId || !isSought(words)) continue;
        const here = held.filter(
          ({ createdAt }, index) => createdAt >= since && createdAt < until && isSought(lines[index] ?? ""),
        );
        if (here.length > 0) found = [...found, ...here].sort(byTime).slice(0, limit);
      }
      return found.map(({ text }): MessageRecord => JSON.parse(text));
    },
  };
}

function byTime(one: Held, other: Held): number {
  return other.createdAt - one.createdAt;
}

/** Does a text have all the words, and of each group a mark? */
function testOf({ terms, marks }: SearchPlan): (text: string) => boolean {
  const needles = terms.map(({ text, isPrefix }) => ` ${text}${isPrefix ? "" : " "}`);
  const groups = marks.map((group) => group.map(edged));
  return (text) =>
    needles.every((needle) => text.includes(needle)) &&
    groups.every((group) => group.some((mark) => text.includes(mark)));
}

function chunkOf(conversationId: string, messages: readonly unknown[]): Chunk {
  const held: Held[] = [];
  const lines: string[] = [];
  for (const value of messages) {
    const message = soundMessage(value);
    const searchable = message && searchableOf(message);
    if (!searchable) continue;
    held.push({ createdAt: message.createdAt, text: JSON.stringify(message) });
    lines.push(` ${searchable.words.join(" ")} ${searchable.marks.map(edged).join("")}`);
  }
  const newest = Math.max(0, ...held.map(({ createdAt }) => createdAt));
  return { conversationId, held, lines, words: lines.join("\n"), newest };
}

function edged(mark: string): string {
  return `\u0001${mark}\u0001`;
}
