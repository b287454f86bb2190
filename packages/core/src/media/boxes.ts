import { textAt, viewOf } from "./bytes.ts";

/** A piece of an ISO base media file: AVIF, HEIC, MP4, QuickTime. */
export interface Box {
  readonly type: string;
  /** Of its length and type. */
  readonly from: number;
  /** Of what is in it. */
  readonly start: number;
  readonly end: number;
}

/** Reads numbers one behind the other; beyond the end it throws a `RangeError`. */
export interface Reader {
  at: number;
  /** Of 0, 1, 2, 4 or 8 bytes. */
  next(length: number): number;
}

export function boxesIn(bytes: Uint8Array, from: number, to: number): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < to;) {
    const box = boxAt(bytes, at, to);
    if (box.end > to) throw new RangeError("a box is longer than what it is in");
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** @param at - of the box in `bytes`, which lies within something that ends at `to`. */
export function boxAt(bytes: Uint8Array, at: number, to: number): Box {
  const reader = readerOf(bytes, at);
  const short = reader.next(4);
  const type = textAt(bytes, at + 4, at + 8);
  reader.at += 4;
  const size = short === 1 ? reader.next(8) : short === 0 ? to - at : short;
  const box = { type, from: at, start: reader.at, end: at + size };
  if (box.end < box.start) throw new RangeError("a box is shorter than its beginning");
  return box;
}

/** @throws {RangeError} if there is none. */
export function boxOf(boxes: readonly Box[], type: string): Box {
  const box = boxes.find((each) => each.type === type);
  if (!box) throw new RangeError("there is no such box");
  return box;
}

export function readerOf(bytes: Uint8Array, at: number): Reader {
  const view = viewOf(bytes);
  const reader: Reader = {
    at,
    next(length) {
      const from = reader.at;
      reader.at += length;
      if (length === 0) return 0;
      if (length === 1) return view.getUint8(from);
      if (length === 2) return view.getUint16(from);
      if (length === 4) return view.getUint32(from);
      return Number(view.getBigUint64(from));
    },
  };
  return reader;
}
