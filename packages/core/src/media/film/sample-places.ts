import { type Box, boxOf, type Reader, readerOf } from "../boxes.ts";

export interface Stretch {
  readonly at: number;
  readonly length: number;
}

/**
 * Where in the file the samples of a track are, a stretch a chunk.
 *
 * @param table - what is in its box `stbl`.
 * @throws {RangeError} if it does not say.
 */
export function samplePlaces(bytes: Uint8Array, table: readonly Box[]): readonly Stretch[] {
  const sizeOf = sizesIn(bytes, boxOf(table, "stsz"));
  const chunks = chunksIn(bytes, table);
  const runs = runsIn(bytes, boxOf(table, "stsc"));
  let sample = 0;
  let run = 0;
  return chunks.map((at, index) => {
    if (index + 1 >= (runs[run + 1]?.firstChunk ?? Infinity)) run += 1;
    const count = runs[run]?.samples ?? 0;
    const length = sizeOf(sample, count);
    sample += count;
    return { at, length };
  });
}

/** @returns how many bytes so many samples have together, from one on. */
function sizesIn(bytes: Uint8Array, box: Box): (from: number, count: number) => number {
  const reader = readerOf(bytes, box.start + 4);
  const each = reader.next(4);
  const count = reader.next(4);
  if (each !== 0) return (from, wanted) => each * Math.max(0, Math.min(wanted, count - from));
  const sizes = numbers(reader, box, count, 4);
  return (from, wanted) => sizes.slice(from, from + wanted).reduce((sum, size) => sum + size, 0);
}

function chunksIn(bytes: Uint8Array, table: readonly Box[]): readonly number[] {
  const long = table.find(({ type }) => type === "co64");
  const box = long ?? boxOf(table, "stco");
  const reader = readerOf(bytes, box.start + 4);
  return numbers(reader, box, reader.next(4), long ? 8 : 4);
}

interface Run {
  /** From 1. */
  readonly firstChunk: number;
  readonly samples: number;
}

function runsIn(bytes: Uint8Array, box: Box): readonly Run[] {
  const reader = readerOf(bytes, box.start + 4);
  const flat = numbers(reader, box, 3 * reader.next(4), 4);
  return flat.flatMap((firstChunk, at) => (at % 3 === 0 ? [{ firstChunk, samples: flat[at + 1] ?? 0 }] : []));
}

function numbers(reader: Reader, { end }: Box, count: number, size: number): readonly number[] {
  if (reader.at + count * size > end) throw new RangeError("a table is longer than its box");
  return Array.from({ length: count }, () => reader.next(size));
}
