import { mediaTypeOf, SNIFFED_BYTES } from "../files/sniff.ts";
import { BoundedMap } from "../bounded-map.ts";
import type { Clock } from "../engine/clock.ts";
import type { Meter } from "../observe/meter.ts";
import type { PreviewTable } from "../store/previews.ts";
import type { GuardedFetch, Wanted } from "./guarded-fetch.ts";
import type { Slots } from "./slots.ts";

export interface PreviewImagesOptions {
  readonly table: PreviewTable;
  readonly fetch: GuardedFetch;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly meter: Meter;
}

export interface Picture {
  readonly mediaType: string;
  readonly body: Buffer;
}

interface Remembered extends Picture {
  /** By then its page may name another. */
  readonly until: number;
}

/** So long the address of a picture is good beyond the answer it came with. */
export const IMAGE_SPARE_MS = 3_600_000;

const MOST_BYTES = 2 * 1_024 * 1_024;
/** Of pictures that are remembered. */
const MOST_REMEMBERED = 64 * 1_024 * 1_024;
/** So long nobody is asked again for a picture that is none. */
const NOTHING_MS = 60_000;
const MOST_NOTHING = 1_000;

/** What shows a picture in every browser and runs nothing: SVG is a page. */
const shown = /^image\/(?:png|apng|jpeg|gif|webp|avif)$/u;

const picture: Wanted = {
  accept: "image/avif,image/webp,image/png,image/jpeg,image/gif",
  types: /^(?:image\/[\w.+-]+|application\/octet-stream|binary\/octet-stream)$/u, // the bytes say which
  mostBytes: MOST_BYTES,
  isBeginningEnough: false,
};

/** Pictures of pages, fetched by this server when the first client shows one, so that no client asks anybody else. */
export class PreviewImages {
  readonly #options: PreviewImagesOptions;
  /** Those used longest ago first. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #nothingUntil = new BoundedMap<string, number>(MOST_NOTHING);
  readonly #underWay = new Map<string, Promise<Picture | undefined>>();
  #bytes = 0;

  constructor(options: PreviewImagesOptions) {
    this.#options = options;
  }

  async find(key: string): Promise<Picture | undefined> {
    const { table, clock, meter, slots } = this.#options;
    const known = this.#remembered.get(key);
    if (known && known.until > clock.now()) {
      this.#remember(key, known);
      meter.add("previewImage", "kept");
      return known;
    }
    if ((this.#nothingUntil.get(key) ?? 0) > clock.now()) return undefined;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const { imageSource } = (await table.find(key)) ?? {};
    if (imageSource === undefined || slots.isFull) return undefined;
    const found =
      this.#underWay.get(key) ??
      slots.run(() => this.#fetch(key, imageSource)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, found);
    return found;
  }

  async #fetch(key: string, source: string): Promise<Picture | undefined> {
    const { fetch, clock, meter } = this.#options;
    const fetched = await fetch.get(source, picture);
    const mediaType = fetched.ok
      ? await mediaTypeOf(fetched.body.subarray(0, SNIFFED_BYTES), "application/octet-stream")
      : "";
    if (!fetched.ok || !shown.test(mediaType)) {
      meter.add("previewImage", fetched.ok ? "type" : fetched.reason);
      this.#nothingUntil.set(key, clock.now() + NOTHING_MS);
      return undefined;
    }
    meter.add("previewImage", "found");
    const { body } = fetched;
    this.#remember(key, { mediaType, body, until: clock.now() + IMAGE_SPARE_MS });
    return { mediaType, body };
  }

  #remember(key: string, picture: Remembered): void {
    this.#bytes -= this.#remembered.get(key)?.body.length ?? 0;
    this.#remembered.delete(key);
    this.#remembered.set(key, picture);
    this.#bytes += picture.body.length;
    for (const [oldest, { body }] of this.#remembered) {
      if (this.#bytes <= MOST_REMEMBERED) return;
      this.#remembered.delete(oldest);
      this.#bytes -= body.length;
    }
  }
}
