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
/** Each of them is a MiB. */
const BYTES_AT_ONCE = 4;
/** All that a client keeps of one person begins like one of these, and then with their id: what they said, … */
const SAID: readonly StorageKey[] = [["cache", CACHE_VERSION], ["outbox"], ["draft"], ["mark"]];
/** … and files on their way, which their owner has. */
const FILES: readonly StorageKey[] = [["upload"], [BYTES]];
/** Who used the storage last. */
const LAST_USER: StorageKey = ["user"];

/**
 * What a person said and keeps, as far as it is on this device: their messages, their notes, what stands in their
 * composers and what waits to be sent. Of others there is nothing. Read a little at a time, as lines in the format of
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
  const header = { type: "header", format: "tidings", version: 1, files: "none", at };
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
  yield text([{ type: "end", lines }]);
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
  for (const place of [...SAID, ...FILES]) {
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

async function* pages(storage: Storage, prefix: StorageKey): AsyncGenerator<readonly Entry[]> {
  const limit = prefix[0] === BYTES ? BYTES_AT_ONCE : AT_ONCE;
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
      const { message, notes }: Fields = fieldsOf(value);
      if (key[3] === "timeline") return Array.isArray(notes) ? notes.map(fieldsOf) : [];
      const said = fieldsOf(message);
      return key[3] === "messages" && said["authorId"] === userId ? [said] : [];
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

type Fields = { readonly [name: string]: unknown };

/** What storage holds may be anything. */
function fieldsOf(value: unknown): Fields {
  return Object(value);
}

function text(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
