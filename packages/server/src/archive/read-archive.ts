import { setImmediate } from "node:timers/promises";
import type { Numbered, RowLine } from "../store/archive.ts";
import { archiveError } from "../store/archive-error.ts";
import { ArchiveOrder } from "./archive-order.ts";
import type { BytesLine, HeaderLine } from "./lines.ts";
import { parseLine } from "./parse-line.ts";
import { splitLines } from "./split-lines.ts";

/** Lines taken together. */
const AT_ONCE = 500;

export interface ReadOptions {
  /** Told what has been read, from time to time. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Takes the bytes of a file as they come; its line comes after all of them. */
  readonly onBytes?: ((line: BytesLine) => Promise<void>) | undefined;
  /** Told the first line, before any row. */
  readonly onHeader?: ((line: HeaderLine) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadProgress {
  readonly bytes: number;
  readonly lines: number;
}

/**
 * The rows of an archive, some at a time. It ends well only if the file is whole: until then nothing of it is to be
 * believed.
 *
 * @returns the digest of the file.
 * @throws {MessagingError} `archive/malformed`, `archive/damaged`; whatever the signal was aborted with.
 */
export async function* readArchive(
  chunks: AsyncIterable<Uint8Array>,
  { onProgress, onBytes, onHeader, signal }: ReadOptions = {},
): AsyncGenerator<readonly Numbered<RowLine>[], string> {
  const order = new ArchiveOrder();
  let batch: Numbered<RowLine>[] = [];
  let digest: string | undefined;
  for await (const { number, text, sha256, endsAt } of splitLines(chunks)) {
    signal?.throwIfAborted();
    if (digest !== undefined) throw archiveError("archive/damaged", "something follows the end", number);
    const line = parseLine(text, number);
    order.take(line, number);
    if (line.type === "end") {
      digest = sha256();
      if (line.lines !== number - 1 || line.sha256 !== digest)
        throw archiveError("archive/damaged", "what stands before it is not what was written", number);
    } else if (line.type === "bytes") await onBytes?.(line);
    else if (line.type === "header") onHeader?.(line);
    else batch.push({ number, line });
    onProgress?.({ bytes: endsAt, lines: number });
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (digest === undefined) throw archiveError("archive/damaged", "the file ends before its end");
  signal?.throwIfAborted();
  if (batch.length > 0) yield batch;
  // The last moment at which it can be called off: whoever wants to has their turn.
  await setImmediate();
  signal?.throwIfAborted();
  return digest;
}
