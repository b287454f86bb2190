import { systemClock } from "../../base/clock.ts";
import { CACHE_VERSION } from "../../cache/keys.ts";
import type { Storage, StorageKey } from "../../ports/storage.ts";

export interface DeviceOptions {
  /** Told after each page of what is on storage. */
  readonly onProgress?: (progress: DeviceProgress) => void;
  readonly signal?: AbortSignal;
}

export interface DeviceProgress {
  /** Entries of the storage looked at so far. */
  readonly done: number;
}

/** Entries looked at together (D9). */
const AT_ONCE = 100;
const BYTES = "upload-bytes";
/** Each of them is a MiB; so many are deleted together, and one is read at a time. */
const BYTES_AT_ONCE = 4;
const UPLOAD = "upload";
/** All that a client keeps of one person begins like one of these, and then with their id: what they said, … */
const SAID: readonly StorageKey[] = [["cache", CACHE_VERSION], ["outbox"], ["draft"], ["mark"]];
/** … and files on their way, which their owner has. */
const FILES: readonly StorageKey[] = [[UPLOAD], [BYTES]];
/** … and figures of what was said, which those who moderate have asked for. */
const FIGURES: readonly StorageKey[] = [["figures"]];
/** A longer key is that of what is kept beside a timeline. */
const TIMELINE_PARTS = 5;
/** Who used the storage last. */
const LAST_USER: StorageKey = ["user"];

/**
 * What a person said and keeps, as far as it is on this device: their messages, their notes, what stands in their
 * composers and what waits to be sent, files with their bytes. Of others there is nothing. Read a little at a time, as lines in the format of
 * `docs/spec/export.md`; each text is whole lines. What the backend has beside it, its own export tells.
 *
 * @param storage - the one the client was given, opened. It may be in use.
 * @throws whatever the signal was aborted with; `storage/failed`.
 */
export async function* exportDevice(
  storage: Storage,
  userId: string,
  { onProgress = () => {}, signal }: DeviceOptions = {},
): AsyncGenerator<string> {
  let lines = 1;
  let done = 0;
  const at = systemClock.now();
  const header = { type: "header", format: "tidings", version: 1, files: "inline", at };
  yield text([{ ...header, scope: { of: "device", userId } }]);
  for (const place of SAID) {
    for await (const page of pages(storage, [...place, userId])) {
      signal?.throwIfAborted();
      const found = page.flatMap(([key, value]) => linesOf(place[0] ?? "", key, value, userId));
      lines += found.length;
      done += page.length;
      if (found.length > 0) yield text(found);
      onProgress({ done });
    }
  }
  for await (const page of pages(storage, [UPLOAD, userId])) {
    for (const [, value] of page) {
      for await (const line of fileLines(storage, userId, fieldsOf(value))) {
        signal?.throwIfAborted();
        lines += 1;
        yield text([line]);
      }
    }
    done += page.length;
    onProgress({ done });
  }
  yield text([{ type: "end", lines }]);
}

/** A file that waits, behind its bytes, of which one piece is in memory at a time; none of one that has none of them here. */
async function* fileLines(
  storage: Storage,
  ownerId: string,
  { fileId, conversationId, name, mediaType, size, createdAt, previewOf, phase }: Fields,
): AsyncGenerator<object> {
  let at = 0;
  if (typeof fileId !== "string" || phase === "storing") return;
  for await (const page of pages(storage, [BYTES, ownerId, fileId], 1)) {
    for (const [, value] of page) {
      const bytes = new Uint8Array(isBuffer(value) ? value : new ArrayBuffer(0));
      yield { type: "bytes", fileId, at, data: base64(bytes) };
      at += bytes.length;
    }
  }
  if (at > 0)
    yield {
      ...{ type: "file", fileId, conversationId, ownerId, name, mediaType, size, createdAt, previewOf },
      state: "waiting",
    };
}

/** Also one of another frame. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** A call takes so many arguments on every engine; a multiple of three, so that the parts fit together. */
const CHARACTERS = 12_288;

function base64(bytes: Uint8Array): string {
  let encoded = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS)
    encoded += btoa(String.fromCharCode(...bytes.subarray(at, at + CHARACTERS)));
  return encoded;
}

/**
 * Deletes all that is kept of a person on this device: what waits to be sent as well, so ask first. No client of theirs
 * may be using the storage. What the backend has stays, and comes back when they sign in again.
 *
 * @returns how many entries there were.
 */
export async function clearDevice(
  storage: Storage,
  userId: string,
  { onProgress = () => {}, signal }: DeviceOptions = {},
): Promise<number> {
  let done = 0;
  for (const place of [...SAID, ...FILES, ...FIGURES]) {
    for await (const page of pages(storage, [...place, userId])) {
      signal?.throwIfAborted();
      await storage.write(page.map(([key]) => ({ type: "delete", key })));
      done += page.length;
      onProgress({ done });
    }
  }
  if ((await storage.get(LAST_USER)) === userId) await storage.write([{ type: "delete", key: LAST_USER }]);
  return done;
}

type Entry = readonly [StorageKey, unknown];

async function* pages(
  storage: Storage,
  prefix: StorageKey,
  limit = prefix[0] === BYTES ? BYTES_AT_ONCE : AT_ONCE,
): AsyncGenerator<readonly Entry[]> {
  for (let after: StorageKey | undefined; ;) {
    const page = await storage.scan({ prefix, limit, ...(after && { after }) });
    if (page.length > 0) yield page;
    after = page.at(-1)?.[0];
    if (page.length < limit) return;
  }
}

function linesOf(place: string, key: StorageKey, value: unknown, userId: string): readonly object[] {
  const conversationId = key.at(-1);
  switch (place) {
    case "cache": {
      // What follows the user says what it is.
      const { message, notes, page } = fieldsOf(value);
      if (key[3] === "timeline" && key.length === TIMELINE_PARTS)
        return Array.isArray(notes) ? notes.map(fieldsOf) : [];
      const said = key[3] === "messages" ? [message] : key[3] === "timeline" ? messagesOf(page) : [];
      return said.map(fieldsOf).filter(({ authorId }) => authorId === userId);
    }
    case "outbox":
      return [{ type: "waiting", command: fieldsOf(value)["command"] }];
    case "draft":
      return [{ type: "draft", conversationId, draft: value }];
    case "mark":
      return [{ type: "mark", conversationId, seq: value }];
    default:
      return [];
  }
}

/** Of what is pinned, or of a thread. */
function messagesOf(page: unknown): readonly unknown[] {
  if (Array.isArray(page)) return page;
  const { root, messages } = fieldsOf(page);
  return [root, ...(Array.isArray(messages) ? messages : [])];
}

interface Fields {
  readonly [name: string]: unknown;
  readonly message?: unknown;
  readonly notes?: unknown;
  readonly page?: unknown;
  readonly root?: unknown;
  readonly messages?: unknown;
  readonly authorId?: unknown;
  readonly fileId?: unknown;
  readonly conversationId?: unknown;
  readonly name?: unknown;
  readonly mediaType?: unknown;
  readonly size?: unknown;
  readonly createdAt?: unknown;
  readonly previewOf?: unknown;
  readonly phase?: unknown;
}

/** What storage holds may be anything. */
function fieldsOf(value: unknown): Fields {
  return Object(value);
}

function text(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
