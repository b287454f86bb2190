import { filesIn, filesPlanned } from "@tidings/core/domain";
import type { MessageRecord } from "@tidings/core/protocol";
import { sql } from "kysely";
import { holderOf } from "../files.ts";
import type { Writes } from "./loaded-rows.ts";
import type { Prepared } from "./statement.ts";
import { writer } from "./writer.ts";

/** Which files the written messages, and those that notes plan, show. After the messages themselves. */
export function writeShownFiles(writes: Writes): readonly Prepared<unknown>[] {
  const planned = plansOf(writes);
  const changed = writes.messages.filter(mayHide).map((message) => showing(message));
  return [
    ...hideFiles([...changed, ...planned]),
    ...showFiles([...writes.newMessages.map(({ record }) => showing(record)), ...changed].flatMap(oneByOne)),
    ...showPlanned(planned.flatMap(oneByOne)),
  ];
}

/** All files that a message shows; `key`: of the notebook, if it is only planned. */
interface Showing {
  readonly holder: string;
  readonly files: readonly string[];
  readonly key?: number;
}

type Shown = Omit<Showing, "files"> & { readonly fileId: string };

/** What it showed may be shown no more: it was deleted, or its content is another. */
function mayHide({ deletedAt, version }: MessageRecord): boolean {
  return deletedAt !== undefined || version > 0;
}

const hideFiles = writer<Showing>(
  "hide files",
  [
    ["text", ({ holder }) => holder],
    ["json", ({ files }) => JSON.stringify(files)],
  ],
  (rows) => sql`
    DELETE FROM shown_files s USING ${rows} AS m (id, files)
    WHERE s.message_id = m.id AND s.file_id NOT IN (SELECT json_array_elements_text(m.files))`,
);

const showFiles = writer<Shown>(
  "show files",
  [
    ["text", ({ fileId }) => fileId],
    ["text", ({ holder }) => holder],
  ],
  (rows) => sql`
    INSERT INTO shown_files (file_id, message_id, conversation)
    SELECT new.file_id, new.message_id, m.conversation
    FROM ${rows} AS new (file_id, message_id) JOIN messages m ON m.id = new.message_id ON CONFLICT DO NOTHING`,
);

const showPlanned = writer<Shown>(
  "show planned files",
  [
    ["text", ({ fileId }) => fileId],
    ["text", ({ holder }) => holder],
    ["bigint", ({ key }) => key],
  ],
  (rows) => sql`
    INSERT INTO shown_files (file_id, message_id, conversation) SELECT * FROM ${rows} ON CONFLICT DO NOTHING`,
);

function plansOf({ notes }: Writes): readonly Showing[] {
  return notes
    .filter(({ record }) => record.subject.kind === "scheduled")
    .map(({ key, record }) => ({ key, holder: holderOf(key, record), files: filesPlanned(record) }));
}

function showing({ id, content, deletedAt }: MessageRecord): Showing {
  return { holder: id, files: deletedAt === undefined ? filesIn(content) : [] };
}

function oneByOne({ files, ...holder }: Showing): readonly Shown[] {
  return files.map((fileId) => ({ ...holder, fileId }));
}
