import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FileStore } from "../files/file-store.ts";
import type { BytesLine } from "./lines.ts";

interface Named {
  readonly type: "file";
  readonly fileId: string;
}

/** Puts the bytes of files with an archive. */
export interface FileBytes {
  readonly place: "beside" | "inline";
  /** The line of a file with its digest, and before it whatever is needed. One whose bytes are gone has no digest. */
  attach(line: Named): AsyncGenerator<readonly { readonly type: string }[]>;
  /** Nothing came of the archive: what was put beside it goes again. */
  undo(): Promise<void>;
}

/** Bytes of one line: a multiple of three, so that base64 has no padding but at the end. */
const CHUNK = 48 * 1_024;

/** Each file in a folder, under its id: as little for others as the archive itself. */
export function besideBytes(store: FileStore, dir: string, signal: AbortSignal): FileBytes {
  const put: string[] = [];
  let isOurs = false;
  return {
    place: "beside",
    async *attach(line) {
      const { fileId } = line;
      if ((await store.size(fileId)) === undefined) return yield [line];
      const made = await mkdir(dir, { recursive: true, mode: 0o700 });
      if (made !== undefined) isOurs = true;
      const path = join(dir, fileId);
      const part = `${path}.part`;
      const hash = createHash("sha256");
      const hashed = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of store.stream(fileId, signal)) {
          hash.update(chunk);
          yield chunk;
        }
      };
      try {
        await rm(part, { force: true });
        await pipeline(hashed, createWriteStream(part, { flush: true, flags: "wx", mode: 0o600 }));
        // An export before this one may have left the same bytes.
        if (!existsSync(path)) put.push(path);
        await rename(part, path);
      } finally {
        await rm(part, { force: true });
      }
      yield [{ ...line, sha256: hash.digest("hex") }];
    },
    async undo() {
      for (const path of put.splice(0)) await rm(path, { force: true });
      // Others may have put something there.
      if (isOurs) await rmdir(dir).catch(() => {});
    },
  };
}

/** Each file in lines before its own. */
export function inlineBytes(store: FileStore, signal: AbortSignal): FileBytes {
  return {
    place: "inline",
    async *attach(line) {
      const { fileId } = line;
      if ((await store.size(fileId)) === undefined) return yield [line];
      const hash = createHash("sha256");
      let at = 0;
      for await (const chunk of evenly(store.stream(fileId, signal))) {
        hash.update(chunk);
        const data = Buffer.from(chunk).toString("base64");
        yield [{ type: "bytes", fileId, at, data } satisfies BytesLine];
        at += chunk.length;
      }
      yield [{ ...line, sha256: hash.digest("hex") }];
    },
    undo: async () => {},
  };
}

async function* evenly(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= CHUNK; rest = rest.subarray(CHUNK)) yield rest.subarray(0, CHUNK);
  }
  if (rest.length > 0) yield rest;
}
