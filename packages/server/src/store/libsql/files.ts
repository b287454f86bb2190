import type { MessageRecord, NoteRecord } from "@tidings/core/protocol";
import { filesIn, filesPlanned } from "@tidings/core/domain";
import {
  type FileChange,
  FILES_AT_ONCE,
  type FileQuota,
  type FileRecord,
  type FileTable,
  type FileUse,
  type FoundFile,
  holderOf,
  HOUR_MS,
  isPreviewable,
  noSuchFile,
  type OpenedFile,
  quotaFault,
  sameFile,
  tooManyPreviews,
  UNSHOWN_MS,
} from "../files.ts";
import type { Connection } from "./database.ts";

interface FileRow {
  readonly state: FileRecord["state"];
  readonly record: string;
}

/** @param aside - runs what changes nothing that commits remember, in a transaction of its own. */
export function createFiles(
  { prepare }: Connection,
  aside: <Result>(work: () => Result) => Result,
): FileTable {
  const find = prepare<FileRow>("SELECT state, record FROM files WHERE id = ?");
  const add = prepare(
    `INSERT INTO files (id, owner_id, conversation_id, preview_of, size, state, created_at, due_at, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const recent = prepare<Omit<FileUse, "bytes">>(
    `SELECT count(*) AS recent, min(created_at) AS since FROM files
     WHERE owner_id = ? AND created_at > ? AND preview_of IS NULL`,
  );
  const bytes = prepare<{ bytes: number }>(
    "SELECT coalesce(sum(size), 0) AS bytes FROM files WHERE owner_id = ? AND state <> 'gone'",
  );
  const previews = prepare<{ count: number }>("SELECT count(*) AS count FROM files WHERE preview_of = ?");
  const change = prepare("UPDATE files SET state = ?, record = ? WHERE id = ?");
  const shownIn = prepare<object>(
    `SELECT 1 FROM shown_files s JOIN conversations c ON c.key = s.conversation
     WHERE s.file_id = ? AND c.id = ? LIMIT 1`,
  );
  const abandon = prepare(
    `UPDATE files SET state = 'gone', due_at = created_at + ${HOUR_MS}
     WHERE id = ?1 AND state <> 'gone' AND NOT EXISTS (SELECT 1 FROM shown_files WHERE file_id = ?1)`,
  );
  const settle = prepare(
    `UPDATE files SET due_at = NULL
     WHERE due_at <= ? AND state <> 'gone' AND EXISTS (SELECT 1 FROM shown_files s WHERE s.file_id = files.id)`,
  );
  const expire = prepare("UPDATE files SET state = 'gone' WHERE due_at <= ? AND state <> 'gone'");
  const due = prepare<FileRow>(
    `SELECT state, record FROM files WHERE due_at <= ? ORDER BY due_at LIMIT ${FILES_AT_ONCE}`,
  );
  const remove = prepare("DELETE FROM files WHERE id = ? AND state = 'gone'");
  const unscanned = prepare<FileRow>(
    `SELECT state, record FROM files
     WHERE state = 'scanning' AND created_at > 0 AND coalesce(record ->> '$.scannedAt', 0) < ?
     ORDER BY coalesce(record ->> '$.scannedAt', 0), created_at LIMIT ${FILES_AT_ONCE}`,
  );

  const open = (file: FileRecord, quota: FileQuota): OpenedFile => {
    const { fileId, ownerId, conversationId, previewOf, size, state, createdAt } = file;
    const known = find.get(fileId);
    if (known) return sameFile(fileOf(known), file);
    if (previewOf !== undefined) {
      const previewed = find.get(previewOf);
      if (!isPreviewable(previewed && fileOf(previewed), file)) return noSuchFile;
      if ((previews.get(previewOf)?.count ?? 0) >= quota.previews) return tooManyPreviews;
    }
    const use = {
      ...(recent.get(ownerId, createdAt - HOUR_MS) ?? { recent: 0, since: null }),
      bytes: bytes.get(ownerId)?.bytes ?? 0,
    };
    const fault = quotaFault(file, use, quota, previewOf !== undefined);
    if (fault) return fault;
    const times = [state, createdAt, createdAt + UNSHOWN_MS] as const;
    add.run(fileId, ownerId, conversationId, previewOf ?? null, size, ...times, JSON.stringify(file));
    return { ok: true, file };
  };

  const changed = (fileId: string, from: string, what: FileChange): FileRecord | undefined => {
    const row = find.get(fileId);
    if (row?.state !== from) return undefined;
    const next = { ...fileOf(row), ...what };
    change.run(next.state, JSON.stringify(next), fileId);
    return next;
  };

  return {
    open: async (file, quota) => aside(() => open(file, quota)),
    async find(fileId) {
      const row = find.get(fileId);
      return row && row.state !== "gone" ? fileOf(row) : undefined;
    },
    change: async (fileId, from, what) => aside(() => changed(fileId, from, what)),
    isShown: async (fileId, conversationId) => shownIn.get(fileId, conversationId) !== undefined,
    abandon: async (fileId) =>
      aside(() => {
        abandon.run(fileId);
        return find.get(fileId)?.state === "gone";
      }),
    due: async (at) =>
      aside(() => {
        settle.run(at);
        expire.run(at);
        return due.all(at).map(fileOf);
      }),
    remove: async (fileIds) => aside(() => fileIds.forEach((fileId) => remove.run(fileId))),
    unscanned: async (before) => unscanned.all(before).map(fileOf),
  };
}

/** What commits need to know, and write down, of files. */
export interface ShownFiles {
  find(fileId: string, userId: string): FoundFile | undefined;
  /** The message is new, or shows others than before. */
  renew(key: number, message: MessageRecord): void;
  /** The same of what is planned. */
  plan(key: number, note: NoteRecord): void;
}

export function createShownFiles({ prepare }: Connection): ShownFiles {
  const find = prepare<FileRow & { readonly is_readable: number }>(
    `SELECT f.state, f.record, EXISTS (
       SELECT 1 FROM shown_files s JOIN participants p ON p.conversation = s.conversation
       WHERE s.file_id = f.id AND p.user_id = ?2 AND p.is_in = 1
     ) AS is_readable FROM files f WHERE f.id = ?1`,
  );
  const add = prepare(
    "INSERT INTO shown_files (file_id, message_id, conversation) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const shown = prepare<{ file_id: string }>("SELECT file_id FROM shown_files WHERE message_id = ?");
  const remove = prepare("DELETE FROM shown_files WHERE file_id = ? AND message_id = ?");
  const renew = (key: number, id: string, fileIds: readonly string[]): void => {
    const files = new Set(fileIds);
    for (const { file_id: fileId } of shown.all(id)) if (!files.has(fileId)) remove.run(fileId, id);
    for (const fileId of files) add.run(fileId, id, key);
  };
  return {
    find(fileId, userId) {
      const row = find.get(fileId, userId);
      return row && { file: fileOf(row), isReadable: row.is_readable === 1 };
    },
    renew: (key, { id, content, deletedAt }) =>
      renew(key, id, deletedAt === undefined ? filesIn(content) : []),
    plan(key, note) {
      if (note.subject.kind === "scheduled") renew(key, holderOf(key, note), filesPlanned(note));
    },
  };
}

function fileOf({ state, record }: FileRow): FileRecord {
  return { ...(JSON.parse(record) as FileRecord), state };
}
