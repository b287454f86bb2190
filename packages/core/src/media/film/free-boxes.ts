import { type Box, boxAt } from "../boxes.ts";
import { signsOf } from "../bytes.ts";
import { blankMovie, type Told } from "./movie.ts";
import { type Patch, patched, type Source, sourceOf } from "./source.ts";

/** What a film consists of; all else is blanked. */
const KEPT = new Set(["ftyp", "styp", "mdat", "sidx", "ssix", "mfra", "wide", "pdin"]);
const READ = new Set(["moov", "moof"]);
/** The tables of a film of many hours take less; more is not held in memory (D9). */
const LONGEST_MOVIE = 67_108_864;
/** Boxes of one file; a live recording has one a second or so. */
const MOST_BOXES = 100_000;
/** Of a length, a type, and a long length. */
const HEAD = 16;

/**
 * An MP4 or QuickTime film without what a camera wrote into it, each byte at its place; what follows its last box goes.
 * Undefined where it is not certain to be all of it.
 *
 * @throws {RangeError} if it is not written as it should be.
 */
export async function freeBoxes(film: Blob): Promise<Blob | undefined> {
  const source = sourceOf(film);
  const patches: Patch[] = [];
  const told: Told = { shown: 0, tracks: 0, samples: [] };
  const types = new Set<string>();
  let size = 0;
  for (let boxes = 0; size < film.size; boxes += 1) {
    if (boxes === MOST_BOXES) return undefined;
    const box = await boxIn(source, size);
    if (!box) break; // something of the maker's behind it
    types.add(box.type);
    if (READ.has(box.type)) patches.push(await blankedIn(source, box, told));
    else if (!KEPT.has(box.type)) patches.push(...freed(box));
    size = box.end;
  }
  // Tables may be compressed, as no camera does any more: then nothing is known of what is shown.
  if (told.shown === 0 || !types.has("mdat")) return undefined;
  // Where parts of it are told in fragments, nothing here says where the samples of a track are.
  if (told.tracks > 0 && types.has("moof")) return undefined;
  return patched(film, [...patches, ...told.samples], size);
}

/** Undefined where none begins. A recording that broke off ends within its last. */
async function boxIn(source: Source, at: number): Promise<Box | undefined> {
  const left = source.size - at;
  if (left < 8) return undefined;
  const head = new Uint8Array(HEAD);
  head.set(await source.bytes(at, Math.min(HEAD, left)));
  if (!/^[\w ]{4}$/u.test(String.fromCharCode(...head.subarray(4, 8)))) return undefined;
  const { type, start, end } = boxAt(head, 0, left);
  if (end > left && type !== "mdat") return undefined;
  return { type, from: at, start: at + start, end: Math.min(at + end, source.size) };
}

async function blankedIn(source: Source, { type, from, start, end }: Box, told: Told): Promise<Patch> {
  const length = end - from;
  if (length > LONGEST_MOVIE) throw new RangeError("its tables are too long");
  const bytes = await source.bytes(from, length);
  blankMovie(bytes, { type, from: 0, start: start - from, end: length }, told);
  return { at: from, length, bytes };
}

function freed({ from, start, end }: Box): readonly Patch[] {
  const type = { at: from + 4, length: 4, bytes: Uint8Array.from(signsOf("free")) };
  return [type, ...(end > start ? [{ at: start, length: end - start }] : [])];
}
