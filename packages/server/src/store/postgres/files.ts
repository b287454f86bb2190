import { sql } from "kysely";
import type { Pool } from "pg";
import {
  type FileChange,
  FILES_AT_ONCE,
  type FileQuota,
  type FileRecord,
  type FileTable,
  type FileUse,
  type FoundFile,
  HOUR_MS,
  isPreviewable,
  noSuchFile,
  type OpenedFile,
  quotaFault,
  sameFile,
  tooManyPreviews,
  UNSHOWN_MS,
} from "../files.ts";
import { run, type Session, transact } from "./session.ts";
import { array, prepare } from "./statement.ts";

interface FileRow {
  readonly state: FileRecord["state"];
  readonly record: FileRecord;
}

const fileById = prepare("file", sql<FileRow>`SELECT state, record FROM files WHERE id = ${""}`);
const lockedFile = prepare(
  "locked file",
  sql<FileRow>`SELECT state, record FROM files WHERE id = ${""} FOR UPDATE`,
);
const shownIn = prepare(
  "file shown in",
  sql<object>`
    SELECT FROM shown_files s JOIN conversations c ON c.key = s.conversation
    WHERE s.file_id = ${""} AND c.id = ${""} LIMIT 1`,
);

/** @param pools - for what people wait for, and for the rest. */
export function fileTable(readers: Pool, upkeep: Pool): FileTable {
  return {
    open: (file, quota) => transact(upkeep, "BEGIN", (session) => open(session, file, quota)),
    async find(fileId) {
      const [row] = await run(readers, fileById(fileId));
      return row && row.state !== "gone" ? fileOf(row) : undefined;
    },
    change: (fileId, from, what) =>
      transact(upkeep, "BEGIN", (session) => change(session, fileId, from, what)),
    isShown: async (fileId, conversationId) =>
      (await run(readers, shownIn(fileId, conversationId))).length > 0,
    abandon: (fileId) => transact(upkeep, "BEGIN", (session) => abandon(session, fileId)),
    due: (at) => transact(upkeep, "BEGIN", (session) => due(session, at)),
    async remove(fileIds) {
      await run(upkeep, sql`DELETE FROM files WHERE id = ANY(${array("text", fileIds)}) AND state = 'gone'`);
    },
    async unscanned(before) {
      const rows = await run(
        upkeep,
        sql<FileRow>`
          SELECT state, record FROM files
          WHERE state = 'scanning' AND coalesce((record ->> 'scannedAt')::bigint, 0) < ${before}
          ORDER BY coalesce((record ->> 'scannedAt')::bigint, 0), created_at LIMIT ${FILES_AT_ONCE}`,
      );
      return rows.map(fileOf);
    },
  };
}

async function open(session: Session, file: FileRecord, quota: FileQuota): Promise<OpenedFile> {
  const { fileId, ownerId, conversationId, previewOf = null, size, state, createdAt } = file;
  // One upload of a person is begun after the other, or they would not be counted rightly.
  await session.all(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`file ${ownerId}`}, 0))`);
  const known = await session.first(fileById(fileId));
  if (known) return sameFile(fileOf(known), file);
  if (previewOf !== null) {
    const row = await session.first(fileById(previewOf));
    if (!isPreviewable(row && fileOf(row), file)) return noSuchFile;
    const previews = await session.first(
      sql<{ count: number }>`SELECT count(*) AS count FROM files WHERE preview_of = ${previewOf}`,
    );
    if ((previews?.count ?? 0) >= quota.previews) return tooManyPreviews;
  }
  const [recent, kept] = await Promise.all([
    session.first(sql<Omit<FileUse, "bytes">>`
      SELECT count(*) AS recent, min(created_at) AS since FROM files
      WHERE owner_id = ${ownerId} AND created_at > ${createdAt - HOUR_MS} AND preview_of IS NULL`),
    session.first(sql<{ bytes: number }>`
      SELECT coalesce(sum(size), 0)::bigint AS bytes FROM files WHERE owner_id = ${ownerId} AND state <> 'gone'`),
  ]);
  const use = { ...(recent ?? { recent: 0, since: null }), bytes: kept?.bytes ?? 0 };
  const fault = quotaFault(file, use, quota, previewOf !== null);
  if (fault) return fault;
  const added = await session.all(sql`
    INSERT INTO files (id, owner_id, conversation_id, preview_of, size, state, created_at, due_at, record)
    VALUES (${fileId}, ${ownerId}, ${conversationId}, ${previewOf}, ${size}, ${state}, ${createdAt},
      ${createdAt + UNSHOWN_MS}, ${JSON.stringify(file)}) ON CONFLICT DO NOTHING RETURNING id`);
  if (added.length > 0) return { ok: true, file };
  // Of somebody else, at this very moment.
  const other = await session.first(fileById(fileId));
  return other ? sameFile(fileOf(other), file) : noSuchFile;
}

async function change(
  session: Session,
  fileId: string,
  from: string,
  what: FileChange,
): Promise<FileRecord | undefined> {
  const row = await session.first(lockedFile(fileId));
  if (row?.state !== from) return undefined;
  const next = { ...fileOf(row), ...what };
  await session.all(
    sql`UPDATE files SET state = ${next.state}, record = ${JSON.stringify(next)} WHERE id = ${fileId}`,
  );
  return next;
}

/** A commit that shows it holds it in shares: what it has written is seen once we have the lock. */
async function abandon(session: Session, fileId: string): Promise<boolean> {
  const row = await session.first(lockedFile(fileId));
  if (!row || row.state === "gone") return row?.state === "gone";
  const gone = await session.all(sql`
    UPDATE files SET state = 'gone', due_at = created_at + ${HOUR_MS}
    WHERE id = ${fileId} AND NOT EXISTS (SELECT FROM shown_files WHERE file_id = ${fileId}) RETURNING id`);
  return gone.length > 0;
}

async function due(session: Session, at: number): Promise<readonly FileRecord[]> {
  const rows = await session.all(sql<{ id: string }>`
    SELECT id FROM files WHERE due_at <= ${at} ORDER BY due_at LIMIT ${FILES_AT_ONCE} FOR UPDATE SKIP LOCKED`);
  const ids = array(
    "text",
    rows.map(({ id }) => id),
  );
  await session.all(sql`
    UPDATE files f SET due_at = NULL WHERE id = ANY(${ids}) AND state <> 'gone'
      AND EXISTS (SELECT FROM shown_files s WHERE s.file_id = f.id)`);
  const gone = await session.all(sql<FileRow>`
    UPDATE files SET state = 'gone' WHERE id = ANY(${ids}) AND due_at IS NOT NULL RETURNING state, record`);
  return gone.map(fileOf);
}

const wantedFiles = prepare(
  "files of commits",
  sql<FileRow & { readonly id: string; readonly user_id: string; readonly is_readable: boolean }>`
    SELECT f.id, w.user_id, f.state, f.record, EXISTS (
      SELECT FROM shown_files s JOIN memberships m ON m.conversation = s.conversation
      WHERE s.file_id = f.id AND m.user_id = w.user_id
    ) AS is_readable
    FROM unnest(${array("text", [])}, ${array("text", [])}) AS w (id, user_id) JOIN files f ON f.id = w.id
    ORDER BY f.id FOR SHARE OF f`,
);

export interface WantedFile {
  readonly fileId: string;
  readonly userId: string;
}

/** Files that messages are about to show: nobody makes them gone until this transaction ends. */
export async function loadFiles(
  session: Session,
  asked: readonly WantedFile[],
  add: (fileId: string, userId: string, found: FoundFile) => void,
): Promise<void> {
  if (asked.length === 0) return;
  const ids = asked.map(({ fileId }) => fileId);
  const userIds = asked.map(({ userId }) => userId);
  for (const { id, user_id: userId, is_readable: isReadable, ...row } of await session.all(
    wantedFiles(ids, userIds),
  ))
    add(id, userId, { file: fileOf(row), isReadable });
}

function fileOf({ state, record }: FileRow): FileRecord {
  return { ...record, state };
}
