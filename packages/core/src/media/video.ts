import { MessagingError } from "../errors/messaging-error.ts";
import { offscreenCanvas } from "./canvas.ts";
import { fit } from "./image.ts";
import { placeholderOf } from "./placeholder.ts";
import { stripFilm } from "./strip-film.ts";
import type { Prepared, VideoOptions } from "./types.ts";

const POSTER_PIXELS = 640;
const PLACEHOLDER_PIXELS = 64;
/** The very first picture is black in many films. */
const POSTER_AT_S = 0.5;

/**
 * A film without metadata (`stripFilm`), with its size, how long it is, and a picture of it. Of what the browser cannot play
 * only the file remains; what cannot be freed of metadata is what `unreadable` says.
 *
 * @throws {MessagingError} `upload/unsupported` without a page, or of what would tell where it was taken
 */
export async function prepareVideo(
  video: Blob,
  { unreadable = "refuse" }: VideoOptions = {},
): Promise<Prepared> {
  const { document }: Partial<typeof globalThis> = globalThis;
  if (!document) {
    throw new MessagingError("upload/unsupported", {
      message: "unable to prepare the video; this platform has no page",
    });
  }
  const clean = await stripFilm(video);
  if (!clean && unreadable === "refuse") {
    throw new MessagingError("upload/unsupported", {
      message:
        "unable to prepare the video; it may tell where it was taken, and that cannot be taken out of it",
    });
  }
  const about = await lookAt(clean ?? video, document);
  return clean ? { file: clean, about } : { file: video, about, keepsMetadata: true };
}

async function lookAt(video: Blob, document: Document): Promise<Prepared["about"]> {
  const url = URL.createObjectURL(video);
  const film = document.createElement("video");
  try {
    film.muted = true;
    film.preload = "auto";
    film.src = url;
    await heard(film, "loadeddata");
    film.currentTime = Math.min(POSTER_AT_S, film.duration / 2 || 0);
    await heard(film, "seeked");
    return await describe(film);
  } catch {
    return { kind: "file" };
  } finally {
    film.removeAttribute("src");
    film.load();
    URL.revokeObjectURL(url);
  }
}

async function describe(film: HTMLVideoElement): Promise<Prepared["about"]> {
  const size = { width: film.videoWidth, height: film.videoHeight };
  const canvas = offscreenCanvas();
  const picture = await createImageBitmap(film);
  try {
    const small = fit(size, PLACEHOLDER_PIXELS);
    const { duration } = film;
    return {
      ...{ kind: "video", ...size },
      ...(Number.isFinite(duration) && { durationMs: Math.round(duration * 1_000) }),
      placeholder: placeholderOf(small.width, small.height, canvas.pixels(picture, small)),
      poster: await canvas.encode(picture, fit(size, POSTER_PIXELS), "image/jpeg", 0.8),
    };
  } finally {
    picture.close();
  }
}

function heard(film: HTMLVideoElement, event: "loadeddata" | "seeked"): Promise<void> {
  return new Promise((resolve, reject) => {
    film.addEventListener(event, () => resolve(), { once: true });
    film.addEventListener("error", () => reject(new RangeError("unable to play the video")), { once: true });
  });
}
