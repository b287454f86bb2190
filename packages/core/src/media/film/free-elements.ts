import { type Element, elementIn, elementsIn, LONGEST_HEAD, voidHead } from "./elements.ts";
import { type Patch, patched, type Source, sourceOf } from "./source.ts";

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TRACKS = 0x1654ae6b;
const CLUSTER = 0x1f43b675;
/** Where things are, and chapters; all else in a segment is blanked: tags, attachments, what no specification names. */
const KEPT = new Set([0x114d9b74, 0x1c53bb6b, 0x1043a770, CLUSTER]);
/** The time, a title, names of files, a check of all that. */
const TELLING = new Set([0x4461, 0x7ba9, 0x7384, 0x3c83ab, 0x3e83bb, 0xbf]);
/** Which programs made it; they have to be there. */
const PROGRAMS = new Set([0x4d80, 0x5741]);
const TRACK = 0xae;
const TRACK_NAME = 0x536e;
const TRACK_KIND = 0x83;
const METADATA_TRACK = 0x21;
/** Ids of what stands in a segment have four bytes, those in a cluster fewer. */
const LEAST_OF_SEGMENT = 0x10000000;
const LONGEST_READ = 16_777_216;
const MOST_ELEMENTS = 1_000_000;
const SPACE = 0x20;

/**
 * A WebM or Matroska film without what a camera or a program wrote into it, each byte at its place. Undefined where it is not
 * certain to be all of it.
 *
 * @throws {RangeError} if it is not written as it should be.
 */
export async function freeElements(film: Blob): Promise<Blob | undefined> {
  const source = sourceOf(film);
  const patches: Patch[] = [];
  let size = 0;
  for (let count = 0; size < film.size; count += 1) {
    if (count === MOST_ELEMENTS) return undefined;
    const element = await elementAt(source, size);
    const { id, end } = element;
    // What is in a segment, or in a cluster that does not know its length, follows as if it were beside it.
    const isOpen = id === SEGMENT || (id === CLUSTER && end === Infinity);
    const isPart = id < LEAST_OF_SEGMENT && id !== 0xec && id !== 0xbf;
    if (id === INFO || id === TRACKS) {
      const clean = await blanked(source, element);
      if (!clean) return undefined;
      patches.push(clean);
    } else if (!isOpen && !isPart && id !== EBML && !KEPT.has(id)) patches.push(...voided(element));
    size = isOpen ? element.start : Math.min(end, film.size);
  }
  return patched(film, patches, film.size);
}

async function elementAt(source: Source, at: number): Promise<Element> {
  return elementIn(await source.bytes(at, Math.min(LONGEST_HEAD, source.size - at)), at);
}

async function blanked(source: Source, { id, from, start, end }: Element): Promise<Patch | undefined> {
  if (end - from > LONGEST_READ) return undefined;
  const bytes = await source.bytes(from, end - from);
  const inner = elementsIn(bytes, start - from);
  if (id === INFO) {
    for (const each of inner) {
      if (TELLING.has(each.id)) blank(bytes, each);
      else if (PROGRAMS.has(each.id)) bytes.fill(SPACE, each.start, each.end);
    }
  } else for (const each of inner) if (!blankTrack(bytes, each)) return undefined;
  return { at: from, length: bytes.length, bytes };
}

/** False: it holds where a camera was, moment by moment. */
function blankTrack(bytes: Uint8Array, { id, start, end }: Element): boolean {
  if (id !== TRACK) return true;
  for (const each of elementsIn(bytes.subarray(0, end), start)) {
    if (each.id === TRACK_KIND && bytes[each.end - 1] === METADATA_TRACK) return false;
    if (each.id === TRACK_NAME) blank(bytes, each);
  }
  return true;
}

function blank(bytes: Uint8Array, { from, end }: Element): void {
  bytes.fill(0, from, end);
  bytes.set(voidHead(end - from), from);
}

function voided({ from, end }: Element): readonly Patch[] {
  const bytes = voidHead(end - from);
  return [
    { at: from, length: bytes.length, bytes },
    { at: from + bytes.length, length: end - from - bytes.length },
  ];
}
