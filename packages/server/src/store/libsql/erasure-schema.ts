/**
 * Whose words stand in a message that was forwarded, also once it is deleted; and since when tokens of erased people are
 * not accepted any more, of whom there is no more than a hash here.
 */
export const erasureSchema: string = `
  ALTER TABLE messages ADD COLUMN origin_id TEXT;
  UPDATE messages SET origin_id = record ->> '$.origin.authorId' WHERE record ->> '$.origin.authorId' IS NOT NULL;
  CREATE INDEX messages_by_origin ON messages (origin_id) WHERE origin_id IS NOT NULL;
  CREATE TABLE erasures (
    who TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX erasures_by_age ON erasures (at);
`;
