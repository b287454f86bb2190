/** Which conversations say themselves how long messages are kept; none did before. */
export const retentionSchema = `
  ALTER TABLE conversations ADD COLUMN has_retention INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX conversations_retained ON conversations (key) WHERE has_retention = 1;
`;
