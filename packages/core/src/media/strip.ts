import { signsOf, startsWith, viewOf } from "./bytes.ts";
import { blankBoxes, isOfBoxes } from "./strip-boxes.ts";

/**
 * A picture without what a camera or an editor wrote into it: place, time, device, names, previews. Pixels stay as they are;
 * of a JPEG also which side is up, as nothing else says so. It knows JPEG, PNG, WebP, AVIF and HEIC. What is none of these
 * comes back as it is, with all that is in it, as does what is broken, or an AVIF or HEIC that moves.
 */
export function stripMetadata(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return freed(bytes) ?? bytes;
}

/** Undefined where it cannot be freed of what it may say. */
export function freed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return stripJpeg(bytes);
  if (startsWith(bytes, PNG)) return stripPng(bytes);
  if (startsWith(bytes, signsOf("RIFF")) && startsWith(bytes.subarray(8), signsOf("WEBP")))
    return stripWebp(bytes);
  if (isOfBoxes(bytes)) return blankBoxes(bytes);
  return MADE_WITHOUT.some((start) => startsWith(bytes, start)) ? bytes : undefined;
}

/** GIF, BMP and icons come from no camera. */
const MADE_WITHOUT = [signsOf("GIF8"), signsOf("BM"), [0, 0, 1, 0]];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Of PNG: Exif, texts and the time of the last change. */
const TELLING = new Set(["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]);
const SCAN = 0xda;
const END = 0xd9;
const EXIF = [...signsOf("Exif"), 0, 0];
const ICC = signsOf("ICC_PROFILE");

/** All `APPn` but JFIF (0), colours (2, ICC) and Adobe's transform (14) go, as do comments and what is behind the picture. */
function stripJpeg(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let up = 1;
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === END)
      return joined([...kept.toSpliced(1, 0, ...orientation(up)), bytes.subarray(at, at + 2)]);
    if (at + 4 > bytes.length) return undefined;
    const segmentEnd = at + 2 + view.getUint16(at + 2);
    const body = bytes.subarray(at + 4, segmentEnd);
    const end = marker === SCAN ? scanEnd(bytes, segmentEnd) : segmentEnd;
    if (marker === 0xe1 && startsWith(body, EXIF)) up = orientationIn(body.subarray(EXIF.length)) ?? up;
    if (isKept(marker, body)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** Where the next segment begins: in a scan, 0xff is followed by 0 or is one of eight marks to start again from. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function isKept(marker: number, body: Uint8Array): boolean {
  if (marker === 0xfe) return false;
  if (marker < 0xe0 || marker > 0xef) return true;
  return marker === 0xe0 || marker === 0xee || (marker === 0xe2 && startsWith(body, ICC));
}

/** 1 to 8, of the first directory of a TIFF. */
function orientationIn(tiff: Uint8Array): number | undefined {
  if (tiff.length < 8) return undefined;
  const view = viewOf(tiff);
  const isLittle = tiff[0] === 0x49;
  const start = view.getUint32(4, isLittle);
  if (start + 2 > tiff.length) return undefined;
  const count = view.getUint16(start, isLittle);
  for (let entry = start + 2; entry + 12 <= Math.min(tiff.length, start + 2 + 12 * count); entry += 12) {
    if (view.getUint16(entry, isLittle) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, isLittle);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** An Exif segment that says which side is up, and nothing else; none where that goes without saying. */
function orientation(up: number): readonly Uint8Array[] {
  if (up === 1) return [];
  const tiff = [
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8], // big-endian, the directory follows
    ...[0, 1], // one entry
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, up, 0, 0], // orientation, one short
    ...[0, 0, 0, 0], // no further directory
  ];
  const body = [...EXIF, ...tiff];
  return [Uint8Array.from([0xff, 0xe1, 0, body.length + 2, ...body])];
}

function stripPng(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) return undefined;
    if (!TELLING.has(name)) kept.push(bytes.subarray(at, end));
    if (name === "IEND") return joined(kept); // what is behind it, too
    at = end;
  }
  return undefined;
}

function stripWebp(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.slice(0, 12)];
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (at + 8 + size > bytes.length) return undefined;
    if (name !== "EXIF" && name !== "XMP ") {
      const chunk = bytes.slice(at, end);
      // Its flags must not promise what is gone.
      if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~0b1100;
      kept.push(chunk);
    }
    at = end;
  }
  const whole = joined(kept);
  viewOf(whole).setUint32(4, whole.length - 8, true);
  return whole;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
