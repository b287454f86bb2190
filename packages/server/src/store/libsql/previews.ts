import { FORGOTTEN_AT_ONCE, type KeptPreview, MOST_PREVIEWS, type PreviewTable } from "../previews.ts";
import type { Connection } from "./database.ts";
import { decode } from "./tables.ts";

/** What pages elsewhere said. */
export const previewsSchema: string = `
  CREATE TABLE previews (
    key TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    record TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX previews_by_expiry ON previews (expires_at);
`;

/** See `PreviewTable`. Its table is its own, so nothing that is remembered of others becomes void. */
export function createPreviews({ prepare }: Connection, atOnceMost: number = MOST_PREVIEWS): PreviewTable {
  const find = prepare<{ record: string }>("SELECT record FROM previews WHERE key = ?");
  const put = prepare(
    `INSERT INTO previews (key, expires_at, record) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, record = excluded.record`,
  );
  const forget = prepare<{ key: string }>(
    `DELETE FROM previews WHERE key IN (
       SELECT key FROM (SELECT key FROM previews WHERE expires_at < ?1 ORDER BY expires_at LIMIT ${FORGOTTEN_AT_ONCE})
       UNION SELECT key FROM (SELECT key FROM previews ORDER BY expires_at DESC LIMIT ${FORGOTTEN_AT_ONCE} OFFSET ?2)
     ) RETURNING key`,
  );
  return {
    async find(key) {
      const row = find.get(key);
      return row && decode<KeptPreview>(row);
    },
    async put(kept) {
      put.run(kept.key, kept.expiresAt, JSON.stringify(kept));
    },
    forget: async (before) => forget.all(before, atOnceMost).length,
  };
}
