import { NOTEBOOKS } from "@tidings/core/protocol";
import type { Blocks } from "../store.ts";
import type { Connection } from "./database.ts";

/** Whom a note blocks, beside it, so that both of those concerned find it. */
export const blocksSchema: string = `
  ALTER TABLE notes ADD COLUMN blocked_id TEXT GENERATED ALWAYS AS (
    CASE WHEN is_kept = 1 AND id LIKE 'block/%' THEN record ->> '$.subject.userId' END
  ) VIRTUAL;
  CREATE INDEX notes_blocking ON notes (conversation, blocked_id) WHERE blocked_id IS NOT NULL;
  CREATE INDEX notes_blocked ON notes (blocked_id, conversation) WHERE blocked_id IS NOT NULL;
`;

export interface BlockTables {
  of(userId: string): Blocks;
  /** See `Store.peopleOf`. */
  peopleOf(conversationId: string): readonly string[] | undefined;
}

export function createBlocks({ prepare }: Connection): BlockTables {
  // Left to itself SQLite would look through all notes of a notebook.
  const own = prepare<{ id: string }>(
    `SELECT n.blocked_id AS id FROM conversations c JOIN notes n INDEXED BY notes_blocking ON n.conversation = c.key
     WHERE c.id = '${NOTEBOOKS}' || ? AND n.blocked_id IS NOT NULL`,
  );
  const by = prepare<{ id: string }>(
    `SELECT substr(c.id, ${NOTEBOOKS.length + 1}) AS id FROM notes n JOIN conversations c ON c.key = n.conversation
     WHERE n.blocked_id = ?`,
  );
  const people = prepare<{ id: string | null }>(
    `SELECT p.user_id AS id FROM conversations c
     LEFT JOIN participants p ON p.conversation = c.key AND c.record ->> '$.kind' = 'direct' WHERE c.id = ?`,
  );
  const ids = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);
  return {
    of: (userId) => ({ own: ids(own.all(userId)), by: ids(by.all(userId)) }),
    peopleOf(conversationId) {
      const rows = people.all(conversationId);
      return rows.length === 0 ? undefined : rows.flatMap(({ id }) => id ?? []);
    },
  };
}
