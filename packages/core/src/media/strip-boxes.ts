import { type Box, boxesIn, boxOf, readerOf } from "./boxes.ts";
import { textAt } from "./bytes.ts";

/** Of AVIF and HEIC, whose pictures are items among others; one that moves is a film, and kept elsewhere. */
const BRANDS = /avif|mif1|miaf|heic|heix|heim|heis/u;
/** Items that are no pictures: Exif, XMP and whatever else has a media type or an address. */
const TELLING = new Set(["Exif", "mime", "uri "]);
/** Exif that says nothing: it begins at once, is big-endian, and has a directory of no entries. */
const SILENT = [0, 0, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0];
const SPACE = 0x20;

export function isOfBoxes(bytes: Uint8Array): boolean {
  return textAt(bytes, 4, 8) === "ftyp" && BRANDS.test(textAt(bytes, 8, Math.min(64, bytes.length)));
}

/**
 * With nothing in place of what a camera wrote, so that everything else keeps its place. Undefined where it is not certain to
 * be all of it: what moves, what is broken, or what is written in a way that nobody does.
 */
export function blankBoxes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  try {
    return blanked(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function blanked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const boxes = boxesIn(bytes, 0, bytes.length);
  const meta = boxes.filter(({ type }) => type === "meta");
  if (meta.length !== 1 || boxes.some(({ type }) => type === "moov")) return undefined;
  const clean = bytes.slice();
  const items = boxesIn(bytes, (meta[0]?.start ?? 0) + 4, meta[0]?.end ?? 0);
  const kinds = kindsIn(bytes, boxOf(items, "iinf"));
  const idat = items.find(({ type }) => type === "idat");
  for (const { id, method, extents } of placesIn(bytes, boxOf(items, "iloc"))) {
    const kind = kinds.get(id) ?? "";
    if (!TELLING.has(kind)) continue;
    const base = method === 1 ? idat?.start : method === 0 ? 0 : undefined;
    if (base === undefined) return undefined;
    for (const { offset, length } of extents) {
      if (length === 0 || base + offset + length > bytes.length) return undefined;
      const part = clean.subarray(base + offset, base + offset + length);
      part.fill(kind === "Exif" ? 0 : SPACE);
      if (kind === "Exif" && length >= SILENT.length) part.set(SILENT);
    }
  }
  // What programs of one maker put beside it: XMP, previews, certificates of origin.
  for (const { type, start, end } of boxes) if (type === "uuid") clean.fill(0, start, end);
  return clean;
}

/** What each item is. */
function kindsIn(bytes: Uint8Array, { start, end }: Box): ReadonlyMap<number, string> {
  const kinds = new Map<number, string>();
  const first = start + 4 + (bytes[start] === 0 ? 2 : 4);
  for (const { type, start: at } of boxesIn(bytes, first, end)) {
    const version = bytes[at] ?? 0;
    if (type !== "infe" || version < 2) throw new RangeError("an item does not say what it is");
    const reader = readerOf(bytes, at + 4);
    const id = reader.next(version === 2 ? 2 : 4);
    kinds.set(id, textAt(bytes, reader.at + 2, reader.at + 6));
  }
  return kinds;
}

interface Place {
  readonly id: number;
  /** 0: in the file, 1: in the box `idat`, 2: in another item. */
  readonly method: number;
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
}

/** Where the bytes of each item are. */
function placesIn(bytes: Uint8Array, { start }: Box): readonly Place[] {
  const version = bytes[start] ?? 0;
  const sizes = [bytes[start + 4] ?? 0, bytes[start + 5] ?? 0] as const;
  const [offsetSize, lengthSize, baseSize] = [sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4];
  const indexSize = version === 0 ? 0 : sizes[1] & 15;
  const reader = readerOf(bytes, start + 6);
  const idSize = version < 2 ? 2 : 4;
  return Array.from({ length: reader.next(idSize) }, () => {
    const id = reader.next(idSize);
    const method = version === 0 ? 0 : reader.next(2) & 15;
    if (reader.next(2) !== 0) throw new RangeError("an item is in another file");
    const base = reader.next(baseSize);
    const extents = Array.from({ length: reader.next(2) }, () => {
      reader.at += indexSize;
      return { offset: base + reader.next(offsetSize), length: reader.next(lengthSize) };
    });
    return { id, method, extents };
  });
}
