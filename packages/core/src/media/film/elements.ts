import { viewOf } from "../bytes.ts";

/** A piece of a Matroska file, as WebM is. */
export interface Element {
  readonly id: number;
  /** Of its id and length. */
  readonly from: number;
  /** Of what is in it. */
  readonly start: number;
  /** `Infinity` if it does not say. */
  readonly end: number;
}

/** Bytes that an id and a length take at most. */
export const LONGEST_HEAD = 12;
const LONGEST_ID = 4;
const VOID = 0xec;

/** @throws {RangeError} if none begins there. @param at - of `head` in the file. */
export function elementIn(head: Uint8Array, at: number): Element {
  const idWidth = widthIn(head, 0);
  if (idWidth > LONGEST_ID) throw new RangeError("an id is too long");
  const width = widthIn(head, idWidth);
  const start = at + idWidth + width;
  const id = Number(numberIn(head, 0, idWidth));
  const marked = numberIn(head, idWidth, width);
  const mark = 1n << BigInt(7 * width);
  const size = marked - mark;
  return { id, from: at, start, end: size === mark - 1n ? Infinity : start + Number(size) };
}

/** What is in an element, one behind the other. @throws {RangeError} */
export function elementsIn(bytes: Uint8Array, from: number): readonly Element[] {
  const elements: Element[] = [];
  for (let at = from; at < bytes.length;) {
    const element = elementIn(bytes.subarray(at, at + LONGEST_HEAD), at);
    if (element.end > bytes.length) throw new RangeError("an element is longer than what it is in");
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** The beginning of an element of `length` bytes in all that holds nothing. */
export function voidHead(length: number): Uint8Array<ArrayBuffer> {
  if (length < 129) return Uint8Array.of(VOID, 0x80 | (length - 2));
  const head = new Uint8Array(9);
  viewOf(head).setBigUint64(1, (1n << 56n) | BigInt(length - 9));
  head[0] = VOID;
  return head;
}

/** Its first set bit tells how many bytes a number has. */
function widthIn(bytes: Uint8Array, at: number): number {
  return Math.clz32(bytes[at] ?? 0) - 23;
}

function numberIn(bytes: Uint8Array, at: number, width: number): bigint {
  if (width > 8 || at + width > bytes.length) throw new RangeError("a number is too long");
  return bytes.subarray(at, at + width).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
