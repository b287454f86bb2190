import { startsWith, textAt } from "./bytes.ts";
import { freeBoxes } from "./film/free-boxes.ts";
import { freeElements } from "./film/free-elements.ts";
import { named } from "./named.ts";

const MATROSKA = [0x1a, 0x45, 0xdf, 0xa3];
/** QuickTime films of old begin with any of these. */
const BEGINS = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);

/**
 * A film without what a camera wrote into it: place, time, device, names, and tracks that nobody is shown, in which some note
 * where they were all the way. Pictures and sound stay as they are, and so does where each of them is. It knows MP4, QuickTime,
 * WebM and Matroska, of any length, as it reads little of it. Undefined where it cannot be freed of what it may say.
 */
export async function stripFilm(film: Blob): Promise<Blob | undefined> {
  const start = new Uint8Array(await film.slice(0, 12).arrayBuffer());
  try {
    const clean = startsWith(start, MATROSKA)
      ? await freeElements(film)
      : BEGINS.has(textAt(start, 4, 8))
        ? await freeBoxes(film)
        : undefined;
    return clean && named(clean, film);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
