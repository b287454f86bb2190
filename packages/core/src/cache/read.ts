import type { Range, Ranges } from "../base/ranges.ts";
import { parseResult } from "../protocol/parse-server.ts";
import type { ConversationSummary, HistoryPage } from "../protocol/queries.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { ParticipantRecord } from "../protocol/records.ts";

/** A conversation as the list had it; nothing of it where it could not be read. */
export interface ReadSummary {
  readonly summary?: ConversationSummary;
  readonly epoch?: string;
  readonly usedAt?: number;
  readonly activeAt?: number;
}

export function readSummary(value: unknown): ReadSummary {
  const { epoch, usedAt, summary } = fieldsOf(value);
  const read = quietly(() => parseResult("conversation", summary));
  if (!read || typeof epoch !== "string") return {};
  const activeAt = read.lastMessage?.createdAt ?? read.conversation.createdAt;
  return { summary: read, epoch, activeAt, usedAt: typeof usedAt === "number" ? usedAt : 0 };
}

export interface ReadTimeline {
  readonly epoch: string;
  readonly rev: number;
  readonly known: Ranges;
  readonly pages: readonly HistoryPage[];
  readonly participants: readonly ParticipantRecord[];
  readonly receipts: readonly Receipt[];
  readonly notes: readonly NoteRecord[] | undefined;
}

/** What a page of a conversation without messages spans. */
const NOTHING: Range = { from: 0, to: 0 };

/**
 * All of it or nothing: a message that is missing or damaged would be a gap that nobody sees (D4).
 *
 * @param messages - in order of their sequences.
 */
export function readTimeline(value: unknown, messages: readonly unknown[]): ReadTimeline | undefined {
  const { page, known, count, sum, participants, receipts, notes } = fieldsOf(value);
  return quietly(() => {
    if (count !== messages.length || !Array.isArray(known)) return undefined;
    const ranges: Ranges = known.length > 0 ? known : [NOTHING];
    const pages = ranges.map((range) => pageOf(fieldsOf(page), range, messages.map(fieldsOf)));
    const [first] = pages;
    const found = pages.flatMap((each) => each.messages);
    if (!first || found.length !== count) return undefined;
    if (found.reduce((all, { rev }) => all + rev, 0) !== sum) return undefined;
    return {
      ...{ epoch: first.epoch, rev: first.head.rev, known, pages },
      participants: parseResult("participants", { items: participants }).items,
      receipts: parseResult("receipts", { items: receipts }).items,
      notes: notes === undefined ? undefined : parseResult("notes", { items: notes }).items,
    };
  });
}

function pageOf(page: Fields, { from, to }: Range, values: readonly Fields[]): HistoryPage {
  const within = values.filter(({ message }) => {
    const { seq } = fieldsOf(message);
    return typeof seq === "number" && seq >= from && seq <= to;
  });
  const own = Object.fromEntries(
    within.map((each) => [String(fieldsOf(each["message"])["id"]), each["own"]]),
  );
  const messages = within.map(({ message }) => message);
  return parseResult("history", { ...page, messages, own, fromSeq: from, toSeq: to });
}

type Fields = { readonly [key: string]: unknown };

function fieldsOf(value: unknown): Fields {
  return Object(value);
}

/** What storage holds may be anything. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
