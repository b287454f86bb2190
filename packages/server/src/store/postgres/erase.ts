import { notebookOf } from "@tidings/core/protocol";
import { type AliasedRawBuilder, type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { pseudonymisation } from "./audit.ts";
import { forgottenCases } from "./cases.ts";
import { erased, type Trace, traceOfMark, TRACES_AT_ONCE } from "../upkeep.ts";
import { read, type Session, transact } from "./session.ts";
import { build } from "./tables.ts";
import { unnumbered } from "./together-schema.ts";
import { Writes } from "./loaded-rows.ts";
import { write } from "./write.ts";

/** See `Upkeep`. */
export function traces(pool: Pool, userId: string): Promise<readonly Trace[]> {
  return read(pool, "BEGIN READ ONLY", async (session) => {
    const [reactions, messages, copies, conversations] = await Promise.all([
      session.all(
        build
          .selectFrom("reactions as r")
          .select([nameOf("r"), "r.message_id as messageId", "r.emoji"])
          .where("r.user_id", "=", userId)
          .orderBy("r.message_id")
          .limit(TRACES_AT_ONCE),
      ),
      session.all(
        build
          .selectFrom("messages as m")
          .select([nameOf("m"), "m.id as messageId"])
          .where("m.author_id", "=", userId)
          .where("m.is_deleted", "=", false)
          .orderBy("m.conversation")
          .orderBy("m.seq")
          .limit(TRACES_AT_ONCE),
      ),
      session.all(copiesOf(userId)),
      session.all(
        build
          .selectFrom("memberships as m")
          .select(nameOf("m"))
          .where("m.user_id", "=", userId)
          .orderBy("m.conversation")
          .limit(TRACES_AT_ONCE),
      ),
    ]);
    return [
      ...reactions.map(traceOfMark),
      ...[...messages, ...copies].map((row): Trace => ({ type: "message.delete", ...row })),
      ...conversations.map((row): Trace => ({ type: "participant.leave", ...row })),
    ];
  });
}

/** What others have told on of their words. */
function copiesOf(userId: string) {
  return build
    .selectFrom("messages as m")
    .select([nameOf("m"), "m.id as messageId"])
    .where("m.origin_id", "=", userId)
    .where("m.author_id", "<>", userId)
    .where("m.is_deleted", "=", false)
    .orderBy("m.id")
    .limit(TRACES_AT_ONCE);
}

/** Looked up row by row: a join would rather read all conversations than two hundred. */
function nameOf(table: "r" | "m"): AliasedRawBuilder<string, "conversationId"> {
  return sql<string>`(SELECT id FROM conversations WHERE key = ${sql.ref(`${table}.conversation`)})`.as(
    "conversationId",
  );
}

/** See `Upkeep`. */
export async function forget(pool: Pool, userId: string, at: number): Promise<void> {
  for (const whose of ["author_id", "origin_id"] as const)
    while ((await transact(pool, "BEGIN", (session) => silence(session, { whose, userId }, at))) > 0);
  const theirs = sql`SELECT id FROM messages WHERE author_id = ${userId}
    UNION ALL SELECT id FROM messages WHERE origin_id = ${userId}`;
  // Nobody else's, so nothing of it is left.
  const notebook = sql`(SELECT key FROM conversations WHERE id = ${notebookOf(userId)})`;
  for (const statement of [
    sql`DELETE FROM shown_files WHERE message_id IN
      (SELECT conversation || '/' || id FROM notes WHERE conversation = ${notebook})`,
    sql`DELETE FROM notes WHERE conversation = ${notebook}`,
    sql`DELETE FROM memberships WHERE user_id = ${userId} AND conversation = ${notebook}`,
    sql`DELETE FROM participants WHERE conversation = ${notebook}`,
    sql`DELETE FROM conversations WHERE id = ${notebookOf(userId)}`,
    sql`DELETE FROM versions WHERE message_id IN (${theirs})`,
    sql`DELETE FROM reactions WHERE user_id = ${userId}`,
    // By conversation: watermarks have no index by user.
    sql`DELETE FROM receipts r USING participants p
      WHERE p.user_id = ${userId} AND r.conversation = p.conversation AND r.user_id = p.user_id`,
    sql`DELETE FROM answers WHERE user_id = ${userId}`,
    sql`UPDATE messages SET origin_id = NULL WHERE origin_id = ${userId}`,
    sql`UPDATE files SET state = 'gone', due_at = 0 WHERE owner_id = ${userId}`,
    sql`DELETE FROM push_targets WHERE user_id = ${userId}`,
    ...pseudonymisation(userId),
    ...forgottenCases(userId),
  ] satisfies readonly RawBuilder<unknown>[]) {
    await transact(pool, "BEGIN", (session) =>
      Promise.all([session.all(statement), session.all(unnumbered)]),
    );
  }
}

interface Words {
  /** Who said it here, or who said it first. */
  readonly whose: "author_id" | "origin_id";
  readonly userId: string;
}

async function silence(session: Session, { whose, userId }: Words, at: number): Promise<number> {
  const rows = await session.all(
    build
      .selectFrom("messages")
      .select("record")
      .where(whose, "=", userId)
      .where("is_deleted", "=", false)
      .limit(TRACES_AT_ONCE)
      .forUpdate(),
  );
  const writes = new Writes();
  writes.messages.push(...rows.map(({ record }) => erased(record, at)));
  await Promise.all([...write(session, writes, []), session.all(unnumbered)]);
  return rows.length;
}
