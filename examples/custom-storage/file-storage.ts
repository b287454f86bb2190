/** A storage in one file, which each write replaces. For one process at a time, and for as much as fits into memory. */
import fs from "node:fs/promises";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { memoryStorage, type Storage, type StorageKey } from "@tidings/core";
import { isMessagingError, MessagingError } from "@tidings/core/errors";

/** Raised when what is in the file changes its form; `load` then learns to read the one before. */
const VERSION = 1;

/** As much of `node:fs/promises` as is used: a test gives one that dies, or is full. */
export interface Disk {
  open(path: string, flags: string): Promise<DiskFile>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
}

export interface DiskFile {
  writeFile(data: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStorageOptions {
  readonly file: string;
  readonly disk?: Disk;
}

export function fileStorage({ file, disk = fs }: FileStorageOptions): Storage {
  let isOpen = false;
  /** What is in the file. Unknown before it was read, and after a write that failed. */
  let known: Storage | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Calls take effect in the order given, one after the other, and so does `close`. */
  const use = async <T>(doing: string, work: (entries: Storage) => Promise<T>): Promise<T> => {
    if (!isOpen) throw failure(doing, file, new Error("it is not open"));
    const turn = last.then(async () => work((known ??= await load(file, disk))));
    last = turn.catch(() => {});
    return turn.catch((error: unknown) => {
      throw failure(doing, file, error);
    });
  };

  return {
    supports: { durability: "strict" },
    async open() {
      const wasOpen = isOpen;
      isOpen = true;
      try {
        await use("open", async () => {});
      } catch (error) {
        isOpen = wasOpen;
        throw error;
      }
    },
    get: (key) => use("read from", (entries) => entries.get(key)),
    scan: (range) => use("read from", (entries) => entries.scan(range)),
    write: (operations) =>
      use("write to", async (entries) => {
        const next = await holding(await entries.scan({ prefix: [] }));
        await next.write(operations);
        known = undefined; // should it fail half way, the file says what is true
        await save(file, await next.scan({ prefix: [] }), disk);
        known = next;
      }),
    async close() {
      isOpen = false;
      await last;
      known = undefined;
    },
  };
}

type Entries = readonly (readonly [StorageKey, unknown])[];

async function holding(entries: Entries): Promise<Storage> {
  const storage = memoryStorage();
  await storage.write(entries.map(([key, value]) => ({ type: "put", key, value })));
  return storage;
}

/** The file is the old one or the new one, never half of it: only `rename` touches it. */
async function save(file: string, entries: Entries, disk: Disk): Promise<void> {
  const draft = `${file}.draft`;
  await writing(draft, "w", disk, (handle) => handle.writeFile(serialize({ version: VERSION, entries })));
  await disk.rename(draft, file);
  await writing(dirname(file), "r", disk, async () => {}); // the new name is on the disk only when its folder is
}

/** Does something with a file, or a folder, and has it on the disk before it goes on. */
async function writing(
  path: string,
  flags: string,
  disk: Disk,
  work: (handle: DiskFile) => Promise<void>,
): Promise<void> {
  const handle = await disk.open(path, flags);
  try {
    await work(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function load(file: string, disk: Disk): Promise<Storage> {
  const bytes = await disk.readFile(file).catch((error: unknown) => {
    if (Object(error).code === "ENOENT") return undefined; // nothing was written yet
    throw error;
  });
  if (!bytes) return memoryStorage();
  const { version, entries } = deserialize(bytes) as { readonly version: number; readonly entries: Entries };
  if (version > VERSION) {
    const message = `unable to open ${file}; it is of version ${version}, and this is version ${VERSION}`;
    throw new MessagingError("storage/version", { message });
  }
  return holding(entries);
}

/** No room is something an app can do something about; all else is not. */
function failure(doing: string, file: string, cause: unknown): MessagingError {
  if (isMessagingError(cause)) return cause;
  const { code, message } = Object(cause);
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new MessagingError(isFull ? "storage/full" : "storage/failed", {
    message: `unable to ${doing} ${file}; ${message}`,
    cause,
  });
}
