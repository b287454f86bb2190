import type { Archive, ArchiveScope } from "../store/archive.ts";
import type { FileBytes } from "./file-bytes.ts";
import { ARCHIVE_VERSION, type FileScope, type HeaderLine } from "./lines.ts";
import { Spool } from "./spool.ts";
import { archiveText } from "./write-archive.ts";

interface Typed {
  readonly type: string;
}

export interface ExportOptions {
  /** Absent: files are only listed. */
  readonly files?: FileBytes | undefined;
  /** Ms. */
  readonly at: number;
  /** Told of each message, or of each item kept of a person. */
  readonly onItems?: ((count: number) => void) | undefined;
}

/** Text, and what is known before it comes. To be released, read or not. */
export interface ExportText {
  /** How many messages there are; undefined where nobody knows. */
  readonly messages: number | undefined;
  readonly text: AsyncGenerator<string>;
  /** Lets go of what it is read from. */
  release(): Promise<void>;
}

/**
 * A server, or a conversation, as of one moment, as it can be imported again.
 *
 * @returns undefined if there is no such conversation.
 */
export async function exportArchive(
  scope: ArchiveScope,
  archive: Archive,
  { at, files, onItems }: ExportOptions,
): Promise<ExportText | undefined> {
  const reading = await archive.read(scope);
  if (!reading) return undefined;
  const { epoch, messages, pages, release } = reading;
  const header = { ...headerOf(scope, at, files), epoch, messages };
  const counted = count(pages, (page) => page.filter(({ type }) => type === "message").length, onItems);
  return { messages, release, text: archiveText(header, files ? bytesLast(counted, files) : counted) };
}

/** What is kept of a person. @param items - see `TidingsServer.exportUser`. */
export function exportPerson(
  userId: string,
  items: AsyncIterable<Typed>,
  { at, files, onItems }: ExportOptions,
): ExportText {
  const pages = count(singly(items), (page) => page.length, onItems);
  const header = headerOf({ of: "person", userId }, at, files);
  return { messages: undefined, release: async () => {}, text: archiveText(header, withBytes(pages, files)) };
}

/** What one person may read of a conversation. */
export function exportReading(
  scope: FileScope & { readonly of: "reading" },
  items: AsyncIterable<Typed>,
  at: number,
): AsyncGenerator<string> {
  return archiveText(headerOf(scope, at, undefined), singly(items));
}

function headerOf(scope: FileScope, at: number, files: FileBytes | undefined): HeaderLine {
  return {
    type: "header",
    format: "tidings",
    version: ARCHIVE_VERSION,
    scope,
    files: files?.place ?? "none",
    at,
  };
}

async function* singly<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  for await (const item of items) yield [item];
}

async function* count<Item>(
  pages: AsyncIterable<readonly Item[]>,
  of: (page: readonly Item[]) => number,
  onItems: (count: number) => void = () => {},
): AsyncGenerator<readonly Item[]> {
  for await (const page of pages) {
    yield page;
    onItems(of(page));
  }
}

/** Files come when all else is told, as the moment is held until then, and their bytes may take hours. */
async function* bytesLast(
  pages: AsyncIterable<readonly Typed[]>,
  files: FileBytes,
): AsyncGenerator<readonly Typed[]> {
  const later = new Spool<FileNamed>(fileOf);
  try {
    for await (const page of pages) {
      await later.add(page.filter(isFile));
      yield page.filter((line) => !isFile(line));
    }
    for await (const line of later.lines()) yield* files.attach(line);
  } finally {
    await later.close();
  }
}

function fileOf(text: string): FileNamed {
  const line: FileNamed = JSON.parse(text);
  return line;
}

interface FileNamed extends Typed {
  readonly type: "file";
  readonly fileId: string;
}

async function* withBytes(
  pages: AsyncIterable<readonly Typed[]>,
  files: FileBytes | undefined,
): AsyncGenerator<readonly Typed[]> {
  for await (const page of pages) {
    if (!files || !page.some(isFile)) yield page;
    else for (const line of page) yield* isFile(line) ? files.attach(line) : [[line]];
  }
}

function isFile(line: Typed): line is FileNamed {
  return line.type === "file";
}
