import type { FileStore } from "../files/file-store.ts";
import type { Archive, FileLine, Numbered, RowLine } from "../store/archive.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { Erasures } from "../store/erasures.ts";
import type { FileTable } from "../store/files.ts";
import type { Store } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";
import { FileIntake } from "./file-intake.ts";
import { type Leaving, leavingOut } from "./leave-out.ts";
import type { HeaderLine } from "./lines.ts";
import { ReturningSearch, type Returning } from "./returning.ts";
import { readArchive, type ReadOptions, type ReadProgress } from "./read-archive.ts";

export interface ImportOptions {
  readonly store: Pick<Store, "archive" | "files" | "erasures">;
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
  /** How many people of it were erased here after it was made: they stay so. */
  readonly erased: number;
}

/**
 * Reads the whole file once to see that it is right, and then again to take it in: all of it or nothing. Whoever was
 * erased here after it was made is taken in as somebody who is erased: nobody comes back by an old file.
 *
 * @throws {MessagingError} `archive/malformed`, `archive/damaged`, `archive/conflict`; whatever the signal was aborted with.
 */
export async function importArchive(options: ImportOptions): Promise<ImportOutcome> {
  const { store, files, dir, open, at, signal } = options;
  const { archive } = store;
  if (!archive) throw new Error("unable to import; this store takes no archives in");
  const intake = new FileIntake({ store: files, dir, signal });
  try {
    const { lines, digest, returning } = await examine(options, store.erasures);
    const batches = () =>
      leaving(readArchive(open(), reading("taken", intake, options)), leavingOut(returning, at), intake);
    const entry: AuditEntry = { at, actorId: SYSTEM, action: "server.import", detail: digest };
    try {
      const isNew = await archive.write(digest, taking(batches(), intake), entry);
      if (!isNew) await heal(batches(), intake, store.files);
      return { lines, isNew, erased: returning.people.size };
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
  const { digest, lines } = await examine(options, undefined);
  return { digest, lines };
}

/** As `checkArchive`, and how many people it is about who would stay erased where it is taken in. */
export async function checkAgainst(
  { erasures }: Pick<Store, "erasures">,
  options: CheckOptions,
): Promise<{ readonly lines: number; readonly erased: number }> {
  const { lines, returning } = await examine(options, erasures);
  return { lines, erased: returning.people.size };
}

interface Examined {
  readonly digest: string;
  readonly lines: number;
  readonly returning: Returning;
}

async function examine(options: CheckOptions, erasures: Erasures | undefined): Promise<Examined> {
  const { dir, open, signal } = options;
  const intake = new FileIntake({ store: undefined, dir, signal });
  const search = new ReturningSearch(erasures);
  let madeAt = 0;
  const onHeader = ({ at }: HeaderLine): void => void (madeAt = at);
  try {
    let lines = 0;
    const batches = readArchive(open(), { ...reading("checked", intake, options), onHeader });
    for (;;) {
      const { value, done } = await batches.next();
      if (done === true) return { digest: value, lines, returning: search.found };
      lines += value.length;
      for (const { number, line } of value) if (isFile(line)) await intake.check(line, number);
      await search.look(
        value.map(({ line }) => line),
        madeAt,
      );
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

/** Each batch without what is left out; bytes of files among that are not kept. */
async function* leaving(
  batches: AsyncIterable<readonly Numbered<RowLine>[]>,
  leave: Leaving,
  intake: FileIntake,
): AsyncGenerator<readonly Numbered<RowLine>[]> {
  for await (const batch of batches) {
    const kept: Numbered<RowLine>[] = [];
    for (const { number, line } of batch) {
      const left = leave(line);
      if (left) kept.push({ number, line: left });
      else if (isFile(line)) await intake.drop(line);
    }
    yield kept;
  }
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
