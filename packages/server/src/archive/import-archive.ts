import type { FileStore } from "../files/file-store.ts";
import type { Archive, FileLine, Numbered, RowLine } from "../store/archive.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { FileTable } from "../store/files.ts";
import type { Store } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";
import { FileIntake } from "./file-intake.ts";
import { readArchive, type ReadOptions, type ReadProgress } from "./read-archive.ts";

export interface ImportOptions {
  readonly store: Pick<Store, "archive" | "files">;
  /** The file, from its first byte; asked twice. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Where bytes of files go. Absent: none are taken. */
  readonly files?: FileStore | undefined;
  /** The folder beside the file that has them. */
  readonly dir?: string | undefined;
  readonly onProgress?: ((step: "checked" | "taken", progress: ReadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ms. */
  readonly at: number;
}

/** What is needed to see whether an archive is right. */
export type CheckOptions = Pick<ImportOptions, "open" | "dir" | "onProgress" | "signal">;

export interface ImportOutcome {
  readonly lines: number;
  /** False: this very file was taken in before; what was missing of its files' bytes is there again. */
  readonly isNew: boolean;
}

/**
 * Reads the whole file once to see that it is right, and then again to take it in: all of it or nothing.
 *
 * @throws {MessagingError} `archive/malformed`, `archive/damaged`, `archive/conflict`; whatever the signal was aborted with.
 */
export async function importArchive(options: ImportOptions): Promise<ImportOutcome> {
  const { store, files, dir, open, at, signal } = options;
  const { archive } = store;
  if (!archive) throw new Error("unable to import; this store takes no archives in");
  const intake = new FileIntake({ store: files, dir, signal });
  try {
    const { lines, digest } = await checkArchive(options);
    const batches = () => readArchive(open(), reading("taken", intake, options));
    const entry: AuditEntry = { at, actorId: SYSTEM, action: "server.import", detail: digest };
    try {
      const isNew = await archive.write(digest, taking(batches(), intake), entry);
      if (!isNew) await heal(batches(), intake, store.files);
      return { lines, isNew };
    } catch (error) {
      if (await isSurelyOut(archive, digest)) await intake.undo();
      throw error;
    }
  } finally {
    await intake.close();
  }
}

/** What came of it may not have been told. Bytes that nobody needs do no harm, so where nobody knows they stay. */
async function isSurelyOut(archive: Archive, digest: string): Promise<boolean> {
  return !(await archive.has(digest).catch(() => true));
}

/** Puts bytes that are missing in their place, of files that were not deleted meanwhile. */
async function heal(
  batches: AsyncIterable<readonly Numbered<RowLine>[]>,
  intake: FileIntake,
  table: FileTable | undefined,
): Promise<void> {
  for await (const batch of batches)
    for (const { number, line } of batch)
      if (isFile(line) && (await table?.find(line.fileId))) await intake.heal(line, number);
}

/** Is the file right? Nothing is taken in. @throws {MessagingError} as `importArchive`. */
export async function checkArchive(
  options: CheckOptions,
): Promise<{ readonly digest: string; readonly lines: number }> {
  const { dir, open, signal } = options;
  const intake = new FileIntake({ store: undefined, dir, signal });
  try {
    let lines = 0;
    const batches = readArchive(open(), reading("checked", intake, options));
    for (;;) {
      const { value, done } = await batches.next();
      if (done === true) return { digest: value, lines };
      lines += value.length;
      for (const { number, line } of value) if (isFile(line)) await intake.check(line, number);
    }
  } finally {
    await intake.close();
  }
}

function reading(
  step: "checked" | "taken",
  intake: FileIntake,
  { onProgress = () => {}, signal }: Pick<ImportOptions, "onProgress" | "signal">,
): ReadOptions {
  return {
    signal,
    onProgress: (progress) => onProgress(step, progress),
    onBytes: (line) => intake.add(line),
  };
}

async function* taking(
  batches: AsyncIterable<readonly Numbered<RowLine>[]>,
  intake: FileIntake,
): AsyncGenerator<readonly Numbered<RowLine>[]> {
  for await (const batch of batches) {
    yield batch;
    // Its rows have passed: these files are this archive's.
    for (const { number, line } of batch) if (isFile(line)) await intake.take(line, number);
  }
}

function isFile(line: RowLine): line is FileLine {
  return line.type === "file";
}
