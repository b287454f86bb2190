import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
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
}

/** Bytes of one line: a multiple of three, so that base64 has no padding but at the end. */
const CHUNK = 48 * 1_024;

/** Each file in a folder, under its id. */
export function besideBytes(store: FileStore, dir: string, signal: AbortSignal): FileBytes {
  return {
    place: "beside",
    async *attach(line) {
      const { fileId } = line;
      if ((await store.size(fileId)) === undefined) return yield [line];
      await mkdir(dir, { recursive: true });
      const path = join(dir, fileId);
      const hash = createHash("sha256");
      const hashed = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of store.stream(fileId, signal)) {
          hash.update(chunk);
          yield chunk;
        }
      };
      try {
        await pipeline(hashed, createWriteStream(`${path}.part`, { flush: true }));
        await rename(`${path}.part`, path);
      } finally {
        await rm(`${path}.part`, { force: true });
      }
      yield [{ ...line, sha256: hash.digest("hex") }];
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
