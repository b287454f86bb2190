/** When the backend has something to do about a note; nothing was planned before. */
export const plansSchema = `
  ALTER TABLE notes ADD COLUMN due_at INTEGER;
  CREATE INDEX notes_due ON notes (due_at) WHERE due_at IS NOT NULL;
`;
