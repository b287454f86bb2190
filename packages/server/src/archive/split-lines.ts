import { createHash } from "node:crypto";
import { archiveError } from "../store/archive-error.ts";

/** A line, as it stands in a file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** SHA-256, in hexadecimal, of all that stands before it. */
  readonly sha256: () => string;
  /** Where it ends in the file. */
  readonly endsAt: number;
}

/** More than any record takes: whoever sends more in one line wants to fill memory. */
const LONGEST_LINE = 4 * 1_024 * 1_024;
const NEWLINE = 10;

/** @throws {MessagingError} `archive/damaged` where it ends within a line, `archive/malformed` where it is no text. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLine> {
  const before = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Uint8Array[] = [];
  let held = 0;
  let number = 1;
  let endsAt = 0;
  const lineOf = (tail: Uint8Array): TextLine => {
    const bytes = Buffer.concat([...rest, tail]);
    rest = [];
    held = 0;
    endsAt += bytes.length + 1;
    const line = { number, endsAt, sha256: () => before.copy().digest("hex"), text: textOf(bytes) };
    number += 1;
    return line;
  };
  const textOf = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes);
    } catch {
      throw archiveError("archive/malformed", "it is not UTF-8", number);
    }
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      const line = lineOf(chunk.subarray(from, to));
      yield line;
      before.update(`${line.text}\n`);
      from = to + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > LONGEST_LINE)
      throw archiveError("archive/malformed", "it is longer than any line may be", number);
  }
  if (held > 0) throw archiveError("archive/damaged", "the file is cut off here", number);
}
