import { hitOf, type SearchPlan, searchPlan } from "@tidings/core/domain";
import type { MessageRecord, ParticipantRecord, SearchQuery } from "@tidings/core/protocol";
import { notFound } from "../../../access.ts";
import { answered, badToken, type Reading } from "../../reading.ts";
import { type Found, Searches } from "../../searches.ts";
import type { Answer } from "../../store.ts";
import type { Connection } from "../database.ts";
import { matchOf } from "../search-index.ts";
import { decode } from "../tables.ts";

/** Somebody in more conversations than these is likely to read what is found. */
const MOST_SCOPES = 64;
/** How many messages of an index are looked at together: most searches end with the first. */
const BATCHES = [200, 2_000, 20_000];

interface Candidate {
  readonly key: number;
  readonly is_read: number;
}

interface Span {
  readonly from: number;
  readonly before: number;
}

/** Answers `search`. @param open - the door to a conversation. @param blockedBy - whose messages a reader is not shown. */
export function createSearch(
  connection: Connection,
  open: (readerId: string, conversationId: string) => Reading | undefined,
  blockedBy: (readerId: string) => readonly string[],
): (readerId: string, query: SearchQuery) => Answer {
  const searches = new Searches<number>();
  const find = createFind(connection);
  const found = connection.prepare<{ record: string; self: string }>(
    `SELECT m.record, p.record AS self FROM json_each(?) place JOIN messages m ON m.key = place.value
     JOIN participants p ON p.conversation = m.conversation AND p.user_id = ? AND p.is_in = 1
     ORDER BY m.key DESC`,
  );
  return (readerId, query) => {
    const { conversationId, after } = query;
    const reading = conversationId === undefined ? undefined : open(readerId, conversationId);
    if (conversationId !== undefined && !reading) return notFound;
    const plan = searchPlan(query, readerId);
    if (!plan) return answered<"search">({ items: [] });
    if (after !== undefined && !/^\d{1,15}$/u.test(after)) return badToken;
    const { places, ...next } =
      searches.recall(readerId, query) ??
      searches.keep(readerId, query, find(readerId, query, plan, reading?.conversation.key));
    const blocked = new Set(blockedBy(readerId));
    const items = found.all(JSON.stringify(places), readerId).flatMap(({ record, self }) => {
      const hit = hitOf(
        decode<MessageRecord>({ record }),
        query,
        decode<ParticipantRecord>({ record: self }),
      );
      return hit && !blocked.has(hit.message.authorId) ? hit : [];
    });
    return answered<"search">({ items, ...next });
  };
}

type Find = (
  readerId: string,
  query: SearchQuery,
  plan: SearchPlan,
  only: number | undefined,
) => Found<number>;

function createFind({ prepare }: Connection): Find {
  const mine = prepare<{ conversation: number }>(
    "SELECT conversation FROM participants WHERE user_id = ? AND is_in = 1 LIMIT ?",
  );
  const candidates = prepare<Candidate>(
    `SELECT f.rowid AS key, m.created_at >= ?1 AND m.created_at < ?2 AND EXISTS (
       SELECT 1 FROM participants p WHERE p.conversation = m.conversation AND p.user_id = ?3 AND p.is_in = 1
     ) AS is_read
     FROM (SELECT rowid FROM searchable WHERE searchable MATCH ?4 AND rowid >= ?5 AND rowid < ?6
           ORDER BY rowid DESC LIMIT ?7) f JOIN messages m ON m.key = f.rowid ORDER BY f.rowid DESC`,
  );
  const spanOf = createSpan(prepare);
  return (readerId, { limit, after, since = 0, until = Number.MAX_SAFE_INTEGER }, plan, only) => {
    const keys = only === undefined ? mine.all(readerId, MOST_SCOPES + 1) : [{ conversation: only }];
    if (keys.length === 0) return { places: [] };
    const scopes = keys.length > MOST_SCOPES ? undefined : keys.map(({ conversation }) => conversation);
    const match = matchOf(plan, scopes);
    const { from, before } = spanOf(since, until);
    let end = Math.min(before, after === undefined ? Number.MAX_SAFE_INTEGER : Number(after));
    const places: number[] = [];
    for (const most of BATCHES) {
      const rows = candidates.all(since, until, readerId, match, from, end, most);
      places.push(...rows.filter((row) => row.is_read === 1).map(({ key }) => key));
      const last = places[limit - 1];
      if (places.length > limit && last !== undefined)
        return { places: places.slice(0, limit), next: String(last) };
      if (rows.length < most) return { places };
      end = rows.at(-1)?.key ?? end;
    }
    return { places, next: String(end) };
  };
}

/**
 * The keys between two moments, by bisection: both ascend together, but for a clock that was set back. So it is only
 * where looking begins and ends, and each message says itself when it was.
 */
function createSpan(prepare: Connection["prepare"]): (since: number, until: number) => Span {
  const ends = prepare<{ low: number | null; high: number | null }>(
    "SELECT (SELECT min(key) FROM messages) AS low, (SELECT max(key) FROM messages) AS high",
  );
  const at = prepare<{ key: number; created_at: number }>(
    "SELECT key, created_at FROM messages WHERE key >= ? ORDER BY key LIMIT 1",
  );
  return (since, until) => {
    const { low, high } = ends.get() ?? {};
    const first = low ?? 0;
    const end = (high ?? 0) + 1;
    const firstAt = (moment: number): number => {
      let [from, to] = [first, end];
      while (from < to) {
        const middle = Math.floor((from + to) / 2);
        const row = at.get(middle);
        if (row && row.created_at < moment) from = row.key + 1;
        else to = middle;
      }
      return from;
    };
    return {
      from: since > 0 ? firstAt(since) : first,
      before: until < Number.MAX_SAFE_INTEGER ? firstAt(until) : end,
    };
  };
}
