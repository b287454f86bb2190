import { type Box, boxesIn, boxOf, readerOf } from "../boxes.ts";
import { signsOf, textAt } from "../bytes.ts";
import { samplePlaces, type Stretch } from "./sample-places.ts";

/** What a film consists of, by what it is in; all else that may stand there tells something, or nothing anybody needs. */
const KEPT: Readonly<Record<string, ReadonlySet<string>>> = {
  moov: new Set(["mvhd", "trak", "mvex", "iods", "pssh", "ctab", "clip"]),
  trak: new Set(["tkhd", "mdia", "edts", "tref", "tapt", "matt", "clip", "load", "txas", "imap"]),
  mdia: new Set(["mdhd", "hdlr", "minf", "elng"]),
  moof: new Set(["mfhd", "traf", "pssh"]),
};
/** What may be in these beside what tells something is not listed. */
const SEARCHED = new Set(["minf", "stbl", "traf", "mvex"]);
const TELLING = new Set(["udta", "meta", "uuid"]);
/** They begin with the times at which they were made and changed. */
const TIMED = new Set(["mvhd", "tkhd", "mdhd"]);
/** Pictures, sound, and words to them. Others hold where a camera was, moment by moment, or what its clock said. */
const SHOWN = new Set(["vide", "soun", "text", "sbtl", "subt", "clcp", "auxv"]);

/** What was found in a film beside what is shown of it. */
export interface Told {
  /** Tracks of pictures, sound and words to them. */
  shown: number;
  /** Tracks nobody is shown. */
  tracks: number;
  /** Where in the file their samples are. */
  readonly samples: Stretch[];
}

/**
 * Blanks, within a box `moov` or `moof` of a film, what a camera wrote into it, in place: boxes become `free`, and all keeps
 * its place.
 *
 * @throws {RangeError} if it is not written as it should be.
 */
export function blankMovie(bytes: Uint8Array, box: Box, told: Told): void {
  const kept = KEPT[box.type];
  for (const inner of boxesIn(bytes, box.start, box.end)) {
    if (TELLING.has(inner.type) || (kept && !kept.has(inner.type))) free(bytes, inner);
    else if (inner.type === "trak") blankTrack(bytes, inner, told);
    else if (inner.type in KEPT || SEARCHED.has(inner.type)) blankMovie(bytes, inner, told);
    else if (TIMED.has(inner.type)) blankTimes(bytes, inner);
    else if (inner.type === "hdlr") bytes.fill(0, inner.start + 24, inner.end); // its name
  }
}

function blankTrack(bytes: Uint8Array, track: Box, told: Told): void {
  const media = boxOf(boxesIn(bytes, track.start, track.end), "mdia");
  const parts = boxesIn(bytes, media.start, media.end);
  const handler = boxOf(parts, "hdlr");
  if (SHOWN.has(textAt(bytes, handler.start + 8, handler.start + 12))) {
    told.shown += 1;
    return blankMovie(bytes, track, told);
  }
  const information = boxOf(parts, "minf");
  const table = boxOf(boxesIn(bytes, information.start, information.end), "stbl");
  told.tracks += 1;
  told.samples.push(...samplePlaces(bytes, boxesIn(bytes, table.start, table.end)));
  free(bytes, track);
}

function free(bytes: Uint8Array, { from, start, end }: Box): void {
  bytes.set(signsOf("free"), from + 4);
  bytes.fill(0, start, end);
}

function blankTimes(bytes: Uint8Array, { start, end }: Box): void {
  const isLong = readerOf(bytes, start).next(1) === 1;
  bytes.fill(0, start + 4, Math.min(end, start + 4 + (isLong ? 16 : 8)));
}
