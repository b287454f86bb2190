import { type RawBuilder, sql } from "kysely";

/** Which conversations say themselves how long messages are kept; none did before. */
export const retentionSchema: RawBuilder<unknown> = sql.raw(`
  ALTER TABLE conversations ADD COLUMN has_retention boolean NOT NULL DEFAULT false;
  CREATE INDEX conversations_retained ON conversations (key) WHERE has_retention;
`);
