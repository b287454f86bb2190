import { filesIn } from "@tidings/core/domain";
import type { MessageRecord } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Writes } from "./loaded-rows.ts";
import type { Prepared } from "./statement.ts";
import { writer } from "./writer.ts";

/** Which files the written messages show. After the messages themselves. */
export function writeShownFiles(writes: Writes): readonly Prepared<unknown>[] {
  return [...hideFiles(writes.messages.filter(mayHide)), ...showFiles(shownBy(writes))];
}

/** What it showed may be shown no more: it was deleted, or its content is another. */
function mayHide({ deletedAt, version }: MessageRecord): boolean {
  return deletedAt !== undefined || version > 0;
}

const hideFiles = writer<MessageRecord>(
  "hide files",
  [
    ["text", ({ id }) => id],
    ["json", (message) => JSON.stringify(filesShownBy(message))],
  ],
  (rows) => sql`
    DELETE FROM shown_files s USING ${rows} AS m (id, files)
    WHERE s.message_id = m.id AND s.file_id NOT IN (SELECT json_array_elements_text(m.files))`,
);

interface Shown {
  readonly fileId: string;
  readonly messageId: string;
}

const showFiles = writer<Shown>(
  "show files",
  [
    ["text", ({ fileId }) => fileId],
    ["text", ({ messageId }) => messageId],
  ],
  (rows) => sql`
    INSERT INTO shown_files (file_id, message_id, conversation)
    SELECT new.file_id, new.message_id, m.conversation
    FROM ${rows} AS new (file_id, message_id) JOIN messages m ON m.id = new.message_id ON CONFLICT DO NOTHING`,
);

function shownBy({ newMessages, messages }: Writes): readonly Shown[] {
  const written = [...newMessages.map(({ record }) => record), ...messages.filter(mayHide)];
  return written.flatMap((message) =>
    filesShownBy(message).map((fileId) => ({ fileId, messageId: message.id })),
  );
}

function filesShownBy({ content, deletedAt }: MessageRecord): readonly string[] {
  return deletedAt === undefined ? filesIn(content) : [];
}
