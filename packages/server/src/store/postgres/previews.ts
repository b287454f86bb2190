import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { FORGOTTEN_AT_ONCE, type KeptPreview, MOST_PREVIEWS, type PreviewTable } from "../previews.ts";
import { read, transact } from "./session.ts";

/** What pages elsewhere said. Nobody reads it on behalf of a person: `tidings_reader` may not. */
export const previewsSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE previews (
    key text COLLATE "C" PRIMARY KEY,
    expires_at bigint NOT NULL,
    record json NOT NULL
  );
  CREATE INDEX previews_by_expiry ON previews (expires_at);
`);

/** See `PreviewTable`. */
export function previewTable(pool: Pool, atOnceMost: number = MOST_PREVIEWS): PreviewTable {
  return {
    async find(key) {
      const row = await read(pool, "BEGIN READ ONLY", (session) =>
        session.first(sql<{ readonly record: KeptPreview }>`SELECT record FROM previews WHERE key = ${key}`),
      );
      return row?.record;
    },
    async put(kept) {
      await transact(pool, "BEGIN", (session) =>
        session.all(sql`
          INSERT INTO previews (key, expires_at, record) VALUES (${kept.key}, ${kept.expiresAt}, ${JSON.stringify(kept)})
          ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, record = excluded.record`),
      );
    },
    async forget(before) {
      const gone = await transact(pool, "BEGIN", (session) =>
        session.all(sql`
          DELETE FROM previews WHERE key IN (
            (SELECT key FROM previews WHERE expires_at < ${before} ORDER BY expires_at LIMIT ${FORGOTTEN_AT_ONCE})
            UNION (SELECT key FROM previews ORDER BY expires_at DESC LIMIT ${FORGOTTEN_AT_ONCE} OFFSET ${atOnceMost})
          ) RETURNING key`),
      );
      return gone.length;
    },
  };
}
