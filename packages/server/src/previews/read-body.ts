import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export interface BodyBound {
  readonly mostBytes: number;
  readonly isBeginningEnough: boolean;
}

/**
 * What an answer says, unpacked, and no more of it than its bound: what is beyond is neither read nor unpacked.
 *
 * @returns `"type"` if it is packed in a way nobody asked for, `"size"` if it is too long.
 * @throws {Error} if it ends before its time.
 */
export async function readBody(
  response: IncomingMessage,
  bound: BodyBound,
): Promise<Buffer | "type" | "size"> {
  const unpacked = unpack(response);
  if (!unpacked) {
    response.destroy();
    return "type";
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of unpacked) {
    if (!Buffer.isBuffer(chunk)) break;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bound.mostBytes) break; // ends the response too
  }
  response.destroy();
  if (bytes > bound.mostBytes && !bound.isBeginningEnough) return "size";
  return Buffer.concat(chunks).subarray(0, bound.mostBytes);
}

function unpack(response: IncomingMessage): Readable | undefined {
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return response;
  if (encoding !== "gzip" && encoding !== "x-gzip") return undefined;
  return pipeline(response, createGunzip(), () => {}); // whoever reads hears of what goes wrong
}
