import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { sentAnswer } from "../answers.ts";
import {
  CONVERSATIONS_AT_ONCE,
  type Floor,
  floorOf,
  keepsAll,
  MESSAGES_AT_ONCE,
  type Pruned,
  prunedTo,
  type Retention,
  retentionOf,
} from "../upkeep.ts";
import { read, type Session, transact } from "./session.ts";
import { array } from "./statement.ts";
import { build, conversationOf, type ConversationRow } from "./tables.ts";
import { unnumbered } from "./together-schema.ts";

interface Candidate extends ConversationRow {
  readonly oldest_seq: number | null;
  readonly oldest_at: number | null;
}

/** See `Upkeep`. One short transaction per conversation that has anything to delete. */
export async function prune(pool: Pool, retention: Retention, after = "0"): Promise<Pruned> {
  const page = await read(pool, "BEGIN READ ONLY", (session) => session.all(candidates(retention, after)));
  const floors: Floor[] = [];
  let removed = 0;
  for (const candidate of page) {
    let oldest = candidate.oldest_seq ?? undefined;
    for (let isDue = isAnyDue(candidate, retention); isDue;) {
      const pruned = await transact(pool, "BEGIN", (session) => pruneOne(session, candidate.key, retention));
      removed += pruned.removed;
      oldest = pruned.to === 0 ? oldest : pruned.oldest;
      isDue = pruned.removed >= MESSAGES_AT_ONCE;
    }
    const floor = floorOf(conversationOf(candidate), oldest);
    if (floor) floors.push(floor);
  }
  const last = page.at(-1);
  const found = { removed, floors };
  return page.length < CONVERSATIONS_AT_ONCE || !last ? found : { ...found, next: String(last.key) };
}

/** A page of conversations, with their oldest messages. */
function candidates(retention: Retention, after: string): RawBuilder<Candidate> {
  const scope = keepsAll(retention) ? sql`AND has_retention` : sql``;
  return sql<Candidate>`
    SELECT c.*, m.seq AS oldest_seq, m.created_at AS oldest_at
    FROM (SELECT * FROM conversations WHERE key > ${after}::bigint ${scope} ORDER BY key LIMIT ${CONVERSATIONS_AT_ONCE}) c
    LEFT JOIN LATERAL (
      SELECT seq, created_at FROM messages WHERE conversation = c.key ORDER BY seq LIMIT 1
    ) m ON true ORDER BY c.key`;
}

function isAnyDue({ oldest_seq: seq, oldest_at: at, ...row }: Candidate, retention: Retention): boolean {
  if (seq === null || at === null) return false;
  return prunedTo([{ seq, created_at: at }], row.seq, retentionOf(row.record, retention)) > 0;
}

interface PrunedOne {
  readonly removed: number;
  /** Up to which sequence; 0 if nothing was. */
  readonly to: number;
  /** The sequence of the oldest message that is left. */
  readonly oldest: number | undefined;
}

async function pruneOne(session: Session, key: number, retention: Retention): Promise<PrunedOne> {
  const [conversation, oldest] = await Promise.all([
    session.first(build.selectFrom("conversations").selectAll().where("key", "=", key).forUpdate()),
    session.all(
      build
        .selectFrom("messages")
        .select(["seq", "created_at"])
        .where("conversation", "=", key)
        .orderBy("seq")
        .limit(MESSAGES_AT_ONCE + 1),
    ),
  ]);
  const to = conversation
    ? prunedTo(
        oldest.slice(0, MESSAGES_AT_ONCE),
        conversation.seq,
        retentionOf(conversation.record, retention),
      )
    : 0;
  const left = oldest.find(({ seq }) => seq > to)?.seq;
  if (!conversation || to === 0) return { removed: 0, to: 0, oldest: left };
  const gone = await session.all(
    build
      .deleteFrom("messages")
      .where("conversation", "=", key)
      .where("seq", "<=", to)
      .returning(["id", "author_id", "created_at", "record"]),
  );
  const ids = array(
    "text",
    gone.map(({ id }) => id),
  );
  const pins = gone.filter(({ record }) => record.pinnedAt !== undefined).length;
  const remembered = gone.filter((row) => row.created_at >= retention.rememberedSince);
  await Promise.all([
    session.all(unnumbered),
    session.all(sql`DELETE FROM versions WHERE message_id = ANY(${ids})`),
    session.all(sql`DELETE FROM reactions WHERE message_id = ANY(${ids})`),
    session.all(sql`DELETE FROM shown_files WHERE message_id = ANY(${ids})`),
    session.all(
      sql`UPDATE conversations SET pins = pins - ${pins}::int WHERE key = ${key} AND ${pins}::int > 0`,
    ),
    session.all(sql`
      INSERT INTO answers (command_id, user_id, conversation_id, at, answer)
      SELECT id, author_id, ${conversation.id}, at, answer FROM unnest(${array(
        "text",
        remembered.map(({ id }) => id),
      )}, ${array(
        "text",
        remembered.map((row) => row.author_id),
      )}, ${array(
        "bigint",
        remembered.map((row) => row.created_at),
      )}, ${array(
        "json",
        remembered.map((row) => JSON.stringify(sentAnswer(row.id, row.created_at))),
      )}) AS gone (id, author_id, at, answer) ON CONFLICT DO NOTHING`),
  ]);
  return { removed: gone.length, to, oldest: left };
}
