import { sql } from "kysely";
import type { Pool } from "pg";
import { mayRead } from "../../../access.ts";
import type { Reading } from "../../reading.ts";
import { read, type Session } from "../session.ts";
import type { Statement } from "../statement.ts";
import { build, conversationOf } from "../tables.ts";

/** Everything a query reads is of one moment. */
const AS_READER = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE tidings_reader";

/** Runs `work` with the eyes of `readerId`: the database itself shows it nothing else (D8). */
export function readAs<Result>(
  pool: Pool,
  readerId: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return read(pool, AS_READER, async (session) => {
    const [, result] = await Promise.all([identify(session, readerId), work(session)]);
    return result;
  });
}

/**
 * One statement for each of several readers, with their eyes, in one transaction and one round trip. One, because the
 * next reader's identity is on its way right behind it.
 *
 * @returns the rows of each, in the order of `readerIds`.
 */
export function readEach<Row>(
  pool: Pool,
  readerIds: readonly string[],
  statementFor: (readerId: string) => Statement<Row>,
): Promise<readonly (readonly Row[])[]> {
  return read(pool, AS_READER, (session) =>
    Promise.all(
      readerIds.map(async (readerId) => {
        const [, rows] = await Promise.all([
          identify(session, readerId),
          session.all(statementFor(readerId)),
        ]);
        return rows;
      }),
    ),
  );
}

function identify(session: Session, readerId: string): Promise<unknown> {
  return session.all(sql`SELECT set_config('tidings.reader', ${readerId}, true)`);
}

/** The one door to a conversation: who does not get through learns nothing of it (D8). */
export async function open(
  session: Session,
  readerId: string,
  conversationId: string,
): Promise<Reading | undefined> {
  const row = await session.first(
    build
      .selectFrom("conversations as c")
      .innerJoin("participants as p", "p.conversation", "c.key")
      .selectAll("c")
      .select("p.record as self")
      .where("c.id", "=", conversationId)
      .where("p.user_id", "=", readerId),
  );
  if (!row || !mayRead(row.self)) return undefined;
  return { readerId, conversation: conversationOf(row), self: row.self };
}
