/** What a message belongs to, beside it: its thread, and since when it is pinned. */
export const relationsSchema: string = `
  ALTER TABLE messages ADD COLUMN thread_id TEXT;
  ALTER TABLE messages ADD COLUMN pinned_at INTEGER;
  UPDATE messages SET thread_id = record ->> 'threadId', pinned_at = record ->> 'pinnedAt'
    WHERE record ->> 'threadId' IS NOT NULL OR record ->> 'pinnedAt' IS NOT NULL;
  CREATE INDEX messages_by_thread ON messages (conversation, thread_id, seq, author_id, is_deleted)
    WHERE thread_id IS NOT NULL;
  CREATE INDEX messages_pinned ON messages (conversation, pinned_at) WHERE pinned_at IS NOT NULL;
`;
