import { NOTEBOOKS } from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import type { Blocks } from "../store.ts";
import { Gathering } from "./gathering.ts";
import { read, type Session } from "./session.ts";
import { array, prepare } from "./statement.ts";

/** Whom a note blocks, beside it, so that both of those concerned find it. */
export const blocksSchema: RawBuilder<unknown> = sql.raw(`
  ALTER TABLE notes ADD COLUMN blocked_id text COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN is_kept AND id LIKE 'block/%' THEN record -> 'subject' ->> 'userId' END
  ) STORED;
  CREATE INDEX notes_blocking ON notes (conversation, blocked_id) WHERE blocked_id IS NOT NULL;
  CREATE INDEX notes_blocked ON notes (blocked_id, conversation) WHERE blocked_id IS NOT NULL;
`);

interface BlockRow {
  /** Which of the questions this row answers, from 1. */
  readonly n: number;
  readonly id: string;
  readonly is_own: boolean;
}

const blocksOfEach = prepare(
  "blocks of each",
  sql<BlockRow>`
    SELECT w.n::int AS n, b.id, b.is_own FROM unnest(${array("text", [])}) WITH ORDINALITY AS w (user_id, n)
    CROSS JOIN LATERAL (
      SELECT n.blocked_id AS id, true AS is_own FROM conversations c JOIN notes n ON n.conversation = c.key
      WHERE c.id = ${sql.lit(NOTEBOOKS)} || w.user_id AND n.blocked_id IS NOT NULL
      UNION ALL
      SELECT substr(c.id, ${sql.lit(NOTEBOOKS.length + 1)}), false FROM notes n JOIN conversations c ON c.key = n.conversation
      WHERE n.blocked_id = w.user_id
    ) b`,
);

const people = prepare(
  "people of a direct conversation",
  sql<{ user_id: string | null }>`
    SELECT p.user_id FROM conversations c
    LEFT JOIN participants p ON p.conversation = c.key AND c.record -> 'kind' #>> '{}' = 'direct' WHERE c.id = ${""}`,
);

/** Whose messages a reader is not shown; asked with the reader's own eyes. */
const blockedBy = prepare(
  "blocked by",
  sql<{ blocked_id: string }>`
    SELECT n.blocked_id FROM conversations c JOIN notes n ON n.conversation = c.key
    WHERE c.id = ${sql.lit(NOTEBOOKS)} || ${""}::text AND n.blocked_id IS NOT NULL`,
);

/** Who has blocked whom: of all who come back at one moment in one statement. */
export class BlockTables {
  readonly #pool: Pool;
  readonly #blocks: Gathering<string, Blocks>;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#blocks = new Gathering((userIds) => this.#ofEach(userIds));
  }

  of(userId: string): Promise<Blocks> {
    return this.#blocks.ask(userId);
  }

  /** See `Store.peopleOf`. */
  async peopleOf(conversationId: string): Promise<readonly string[] | undefined> {
    const rows = await read(this.#pool, "BEGIN READ ONLY", (session) => session.all(people(conversationId)));
    return rows.length === 0 ? undefined : rows.flatMap((row) => row.user_id ?? []);
  }

  async #ofEach(userIds: readonly string[]): Promise<readonly Blocks[]> {
    const rows = await read(this.#pool, "BEGIN READ ONLY", (session) => session.all(blocksOfEach(userIds)));
    const found = userIds.map(() => ({ own: new Array<string>(), by: new Array<string>() }));
    for (const { n, id, is_own } of rows) found[n - 1]?.[is_own ? "own" : "by"].push(id);
    return found;
  }
}

export async function authorsBlockedBy(session: Session, readerId: string): Promise<ReadonlySet<string>> {
  const rows = await session.all(blockedBy(readerId));
  return new Set(rows.map((row) => row.blocked_id));
}
