import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { UploadedPart } from "@tidings/core/protocol";
import { Damaged, dispositionOf, type FileStore } from "./file-store.ts";
import type { Signer } from "./signed-urls.ts";

export interface DiskStoreOptions {
  readonly dir: string;
  readonly signer: Signer;
  /** Where the server is reached: `"https://chat.example"`. Asked when an address is made. */
  readonly baseUrl: () => string;
}

/** Files in a folder, for a server that serves them itself: see `diskRoutes`. */
export interface DiskStore extends FileStore {
  /**
   * Takes one part; it is durable when the promise resolves.
   *
   * @returns its etag; undefined if its upload is over, or nobody was ever told to put it.
   * @throws {Damaged} if it is of another length.
   */
  put(
    key: string,
    number: number,
    length: number,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<string | undefined>;
  read(key: string, start: number, end: number): ReadStream;
}

const FILES = "/files/";
const RETRIES = 3;

export function createDiskStore({ dir, signer, baseUrl }: DiskStoreOptions): DiskStore {
  // Two letters of the random end: no folder gets very large.
  const pathOf = (key: string): string => join(dir, "kept", key.slice(-2), key);
  const incoming = (key: string): string => join(dir, "incoming", key);
  /** Nobody else writes there: whoever comes second would write on into what the first has put into its place. */
  const temporary = (key: string): string => join(incoming(key), `${randomUUID()}.part`);
  // Others may be writing there still.
  const forget = (key: string): Promise<void> =>
    rm(incoming(key), { recursive: true, force: true, maxRetries: RETRIES });
  const address = (path: string): URL => new URL(`${FILES}${path}`, baseUrl());

  const partsOf = async (key: string): Promise<ReadonlyMap<number, string>> => {
    const names = await readdir(incoming(key)).catch(ifMissing<string[]>([]));
    const parts = names.flatMap((name): [number, string][] => {
      const [, number, etag] = /^(\d+)\.([\da-f]{64})$/u.exec(name) ?? [];
      return number === undefined || etag === undefined ? [] : [[Number(number), etag]];
    });
    return new Map(parts);
  };

  return {
    begin: async () => undefined,
    async presign({ key, mediaType }, number, length, expiresAt) {
      // Parts are taken as long as this folder is there.
      await mkdir(incoming(key), { recursive: true });
      const url = address(`${key}/${number}`);
      url.searchParams.set("content-type", mediaType);
      url.searchParams.set("content-length", String(length));
      return { number, url: signer.sign("PUT", url, expiresAt), headers: { "content-type": mediaType } };
    },
    async received({ key }) {
      const parts = await partsOf(key);
      return [...parts].map(([number, etag]) => ({ number, etag: `"${etag}"` }));
    },
    async complete({ key, size }, parts) {
      if ((await sizeOf(pathOf(key))) === size) return;
      try {
        const put = await partsOf(key);
        const paths = parts.map((part) => join(incoming(key), nameOf(part, put)));
        await mkdir(dirname(pathOf(key)), { recursive: true });
        const [only] = paths;
        if (paths.length === 1 && only !== undefined) await rename(only, pathOf(key));
        else await concatenate(paths, temporary(key), pathOf(key));
      } catch (error) {
        // Somebody else was first, and has taken the parts along.
        if ((await sizeOf(pathOf(key))) !== size) throw error;
      }
      await forget(key);
    },
    async keep({ key, size }, bytes) {
      await mkdir(incoming(key), { recursive: true });
      const path = temporary(key);
      try {
        await written(path, size, bytes);
        await mkdir(dirname(pathOf(key)), { recursive: true });
        await rename(path, pathOf(key));
      } finally {
        await forget(key);
      }
    },
    abort: ({ key }) => forget(key),
    size: (key) => sizeOf(pathOf(key)),
    async first(key, bytes) {
      const file = await open(pathOf(key));
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    stream: (key, signal) => createReadStream(pathOf(key), { signal }),
    read: (key, start, end) => createReadStream(pathOf(key), { start, end }),
    async link(key, served, expiresAt) {
      const url = address(key);
      url.searchParams.set("content-type", served.mediaType);
      url.searchParams.set("content-disposition", dispositionOf(served));
      return signer.sign("GET", url, expiresAt);
    },
    delete: (key) => rm(pathOf(key), { force: true }),
    async put(key, number, length, bytes) {
      // Of what is there already nothing is put again.
      if ((await sizeOf(pathOf(key))) !== undefined || (await sizeOf(incoming(key))) === undefined)
        return undefined;
      const path = temporary(key);
      const etag = await written(path, length, bytes);
      const before = (await partsOf(key)).get(number);
      const isTaken = await rename(path, join(incoming(key), `${number}.${etag}`)).then(
        () => true,
        ifMissing(false),
      );
      if (!isTaken) return undefined; // The upload has ended meanwhile.
      if (before !== undefined && before !== etag)
        await rm(join(incoming(key), `${number}.${before}`), { force: true });
      return `"${etag}"`;
    },
  };
}

function nameOf({ number, etag }: UploadedPart, put: ReadonlyMap<number, string>): string {
  const known = put.get(number);
  if (known === undefined || etag !== `"${known}"`) throw new Damaged(`part ${number} is not there`);
  return `${number}.${known}`;
}

/** @returns its digest. Nothing of a part that is too short or too long is kept. */
async function written(path: string, length: number, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  let count = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      hash.update(chunk);
      done(count > length ? new Damaged("more bytes than were said") : null, chunk);
    },
  });
  try {
    await pipeline(bytes, counted, createWriteStream(path, { flush: true }));
    if (count !== length) throw new Damaged("fewer bytes than were said");
    return hash.digest("hex");
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Puts parts behind each other, and then, whole, into their place. */
async function concatenate(paths: readonly string[], temporary: string, path: string): Promise<void> {
  const all = async function* (): AsyncGenerator<Uint8Array> {
    for (const part of paths) yield* createReadStream(part);
  };
  try {
    await pipeline(all, createWriteStream(temporary, { flush: true }));
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(ifMissing<undefined>(undefined));
  return found?.size;
}

function ifMissing<Instead>(instead: Instead): (error: unknown) => Instead {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return instead;
    throw error;
  };
}
