import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { sentAnswer } from "../answers.ts";
import { CONVERSATIONS_AT_ONCE, MESSAGES_AT_ONCE, type Pruned, prunedTo, type Retention } from "../upkeep.ts";
import { read, type Session, transact } from "./session.ts";
import { array } from "./statement.ts";
import { build } from "./tables.ts";
import { unnumbered } from "./together-schema.ts";

interface Candidate {
  readonly key: number;
  readonly is_due: boolean;
}

/** See `Upkeep`. One short transaction per conversation that has anything to delete. */
export async function prune(pool: Pool, retention: Retention, after = "0"): Promise<Pruned> {
  const page = await read(pool, "BEGIN READ ONLY", (session) => session.all(candidates(retention, after)));
  let removed = 0;
  for (const { key, is_due: isDue } of page) {
    while (isDue) {
      const count = await transact(pool, "BEGIN", (session) => pruneOne(session, key, retention));
      removed += count;
      if (count < MESSAGES_AT_ONCE) break;
    }
  }
  const last = page.at(-1);
  return page.length < CONVERSATIONS_AT_ONCE || !last ? { removed } : { removed, next: String(last.key) };
}

/** A page of all conversations; due are those whose oldest message is not kept. */
function candidates({ before, newest }: Retention, after: string): RawBuilder<Candidate> {
  const kept = Math.min(newest, Number.MAX_SAFE_INTEGER);
  return sql<Candidate>`
    SELECT c.key, coalesce(m.created_at < ${before} OR m.seq <= c.seq - ${kept}::bigint, false) AS is_due
    FROM (SELECT key, seq FROM conversations WHERE key > ${after}::bigint ORDER BY key LIMIT ${CONVERSATIONS_AT_ONCE}) c
    LEFT JOIN LATERAL (
      SELECT seq, created_at FROM messages WHERE conversation = c.key ORDER BY seq LIMIT 1
    ) m ON true ORDER BY c.key`;
}

async function pruneOne(session: Session, key: number, retention: Retention): Promise<number> {
  const [conversation, oldest] = await Promise.all([
    session.first(build.selectFrom("conversations").selectAll().where("key", "=", key).forUpdate()),
    session.all(
      build
        .selectFrom("messages")
        .select(["seq", "created_at"])
        .where("conversation", "=", key)
        .orderBy("seq")
        .limit(MESSAGES_AT_ONCE),
    ),
  ]);
  const to = conversation ? prunedTo(oldest, conversation.seq, retention) : 0;
  if (!conversation || to === 0) return 0;
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
  return gone.length;
}
