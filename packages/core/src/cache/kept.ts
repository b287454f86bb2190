import type { Range, Ranges } from "../base/ranges.ts";
import type { Storage } from "../ports/storage.ts";
import { parseResult } from "../protocol/parse-server.ts";
import type { ConversationSummary } from "../protocol/queries.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { CacheKeys } from "./keys.ts";
import { readSummary } from "./read.ts";

/** What one has to know of a timeline on storage to read some of its messages, and not all of it. */
export interface KeptTimeline {
  readonly summary: ConversationSummary;
  readonly epoch: string;
  /** What is on storage is as it was at this revision. */
  readonly rev: number;
  /** The stretches whose messages are there. */
  readonly known: Ranges;
  readonly count: number;
  /** Another one: messages have come, gone or changed. */
  readonly stamp: string;
}

/** Read at once of the list, and of messages: neither holds up a page. */
const PAGE = 100;

/** The timelines on storage, those used last first; each is read when it is asked for. */
export async function* keptTimelines(storage: Storage, keys: CacheKeys): AsyncGenerator<KeptTimeline> {
  for (const found of await keptSummaries(storage, keys)) {
    const value = await storage.get(keys.timeline(found.summary.conversation.conversationId));
    const timeline = timelineOf(value, found.summary);
    if (timeline) yield timeline;
  }
}

interface KeptSummary {
  readonly summary: ConversationSummary;
  readonly usedAt: number;
}

async function keptSummaries(storage: Storage, { list }: CacheKeys): Promise<readonly KeptSummary[]> {
  const found: KeptSummary[] = [];
  for (let after = list; ;) {
    const page = await storage.scan({ prefix: list, after, limit: PAGE });
    for (const [key, value] of page) {
      after = key;
      if (!Object(value).usedAt) continue; // nobody has opened it
      const { summary, usedAt = 0 } = readSummary(value);
      if (summary) found.push({ summary, usedAt });
    }
    if (page.length < PAGE) return found.sort((one, other) => other.usedAt - one.usedAt);
  }
}

function timelineOf(value: unknown, summary: ConversationSummary): KeptTimeline | undefined {
  const { page, known, count, sum } = Object(value);
  const { epoch, head } = Object(page);
  const rev: unknown = Object(head).rev;
  if (typeof epoch !== "string" || typeof rev !== "number") return undefined;
  if (!Array.isArray(known) || typeof count !== "number") return undefined;
  return { summary, epoch, rev, known, count, stamp: JSON.stringify([epoch, rev, known, count, sum]) };
}

/** Stretches of at most a page each, the newest first. */
export function* pagesOf({ known, count }: KeptTimeline): Generator<Range> {
  let left = count;
  for (const { from, to } of known.toReversed()) {
    for (let end = to; end >= from && left > 0; end -= PAGE) {
      const page = { from: Math.max(from, end - PAGE + 1), to: end };
      left -= page.to - page.from + 1;
      yield page;
    }
  }
}

/** The messages of a page, the newest first, as they lie there: nobody has looked at them yet. */
export async function keptPage(
  storage: Storage,
  keys: CacheKeys,
  conversationId: string,
  { from, to }: Range,
): Promise<readonly unknown[]> {
  const values =
    storage.supports.paging === false
      ? await Promise.all(seqsOf({ from, to }).map((seq) => storage.get(keys.message(conversationId, seq))))
      : (
          await storage.scan({
            prefix: keys.messages(conversationId),
            after: keys.message(conversationId, from - 1),
            limit: to - from + 1,
          })
        ).map(([, value]) => value);
  return values.map((value) => Object(value).message).reverse();
}

function seqsOf({ from, to }: Range): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** What storage holds may be anything. */
export function soundMessage(value: unknown): MessageRecord | undefined {
  try {
    return parseResult("pins", [value])[0];
  } catch {
    return undefined;
  }
}
