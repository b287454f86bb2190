import type { ParticipantRecord } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { mayRead } from "../../../access.ts";
import type { Reading } from "../../reading.ts";
import { read, type Session, transact } from "../session.ts";
import { type Prepared, prepare } from "../statement.ts";
import { type ConversationRow, conversationOf } from "../tables.ts";

/** Everything a query reads is of one moment. */
const AS_READER = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE tidings_reader";

const identify = prepare("identify", sql`SELECT set_config('tidings.reader', ${""}, true)`);

/** Runs `work` with the eyes of `readerId`: the database itself shows it nothing else (D8). */
export function readAs<Result>(
  pool: Pool,
  readerId: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return read(pool, AS_READER, async (session) => {
    const [, result] = await Promise.all([session.all(identify(readerId)), work(session)]);
    return result;
  });
}

/** One statement that says itself with whose eyes it reads, in one round trip. */
export function readForEach<Row>(pool: Pool, statement: Prepared<Row>): Promise<readonly Row[]> {
  return transact(pool, AS_READER, async (session, finish) => {
    const [rows] = await Promise.all([session.all(statement), finish()]);
    return rows;
  });
}

const openedBy = prepare(
  "open",
  sql<ConversationRow & { readonly self: ParticipantRecord }>`
    SELECT c.key, c.id, c.rev, c.seq, c.active_at, c.members, c.owners, c.pins, c.record, p.record AS self
    FROM conversations c JOIN participants p ON p.conversation = c.key WHERE c.id = ${""} AND p.user_id = ${""}`,
);

/** The door to a conversation within a transaction: who does not get through learns nothing of it (D8). */
export async function open(
  session: Session,
  readerId: string,
  conversationId: string,
): Promise<Reading | undefined> {
  const row = await session.first(openedBy(conversationId, readerId));
  if (!row || !mayRead(row.self)) return undefined;
  return { readerId, conversation: conversationOf(row), self: row.self };
}
