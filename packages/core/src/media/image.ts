import { MessagingError } from "../errors/messaging-error.ts";
import { offscreenCanvas } from "./canvas.ts";
import { named } from "./named.ts";
import { placeholderOf } from "./placeholder.ts";
import { freed } from "./strip.ts";
import type { Canvas, ImageOptions, Picture, Prepared, Size } from "./types.ts";

const MOST_PIXELS = 2_560;
const QUALITY = 0.85;
const LEAVE_BELOW_BYTES = 1_048_576;
const THUMBNAIL_PIXELS = 320;
/** Of the picture a placeholder is made of; thumbhash takes up to 100. */
const PLACEHOLDER_PIXELS = 64;
/** These move, or are drawn by rules: a canvas would make one picture of them. */
const LEFT_AS_THEY_ARE = new Set(["image/gif", "image/svg+xml", "image/apng"]);

/**
 * An image as it may be sent: not larger than it need be, without metadata (place, time, device), with a thumbnail, its size
 * and a placeholder, so that nothing jumps. What the platform cannot decode is a file that is freed of metadata; what can be
 * freed of it in no way (see `stripMetadata`) is compressed anew if it can be decoded, and else is what `unreadable` says.
 *
 * @throws {MessagingError} `upload/unsupported` without a canvas, or of what would tell where it was taken
 */
export async function prepareImage<P extends Picture = ImageBitmap>(
  image: Blob,
  options?: ImageOptions,
  canvas?: Canvas<P>,
): Promise<Prepared>;
export async function prepareImage(
  image: Blob,
  options: ImageOptions = {},
  canvas?: Canvas,
): Promise<Prepared> {
  return canvas ? prepareOn(canvas, image, options) : prepareOn(offscreenCanvas(), image, options);
}

async function prepareOn<P extends Picture>(
  canvas: Canvas<P>,
  image: Blob,
  options: ImageOptions,
): Promise<Prepared> {
  const picture = await canvas.decode(image).catch(() => undefined);
  if (!picture) return asFile(image, options);
  try {
    const { thumbnail: pixels = THUMBNAIL_PIXELS } = options;
    const small = fit(picture, PLACEHOLDER_PIXELS);
    const placeholder = placeholderOf(small.width, small.height, canvas.pixels(picture, small));
    const { file, size } = await shrunk(canvas, image, picture, options);
    const isSmall = Math.max(size.width, size.height) <= pixels;
    const thumbnail = isSmall
      ? undefined
      : await canvas.encode(picture, fit(picture, pixels), thumbnailType(image.type), QUALITY);
    return { file, about: { kind: "image", ...size, placeholder, ...(thumbnail && { thumbnail }) } };
  } finally {
    picture.close();
  }
}

async function shrunk<P extends Picture>(
  canvas: Canvas<P>,
  image: Blob,
  picture: P,
  { most = MOST_PIXELS, quality = QUALITY, leaveBelowBytes = LEAVE_BELOW_BYTES }: ImageOptions,
): Promise<{ readonly file: Blob; readonly size: Size }> {
  const { width, height } = picture;
  const whole = { width, height };
  const size = fit(whole, most);
  const isLeft = LEFT_AS_THEY_ARE.has(image.type) || (size.width === width && image.size <= leaveBelowBytes);
  const clean = size.width === width || isLeft ? await stripped(image) : undefined;
  if (isLeft && clean) return { file: clean, size: whole };
  const file = await canvas.encode(picture, size, outputType(image.type), quality);
  // What was compressed well already only grows; a smaller picture is worth more than fewer bytes.
  if (clean && file.size >= image.size) return { file: clean, size: whole };
  return { file: named(file, image), size };
}

async function asFile(image: Blob, { unreadable = "refuse" }: ImageOptions): Promise<Prepared> {
  const clean = await stripped(image);
  const about = { kind: "file" } as const;
  if (clean) return { file: clean, about };
  if (unreadable === "send") return { file: image, about, keepsMetadata: true };
  throw new MessagingError("upload/unsupported", {
    message:
      "unable to prepare the image; it may tell where it was taken, and that cannot be taken out of it",
  });
}

/** Its longer side is at most `most`, in proportion, and no side is nothing. */
export function fit({ width, height }: Size, most: number): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  const of = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: of(width), height: of(height) };
}

/** Undefined where it cannot be. Drawings are written by hand, or by programs. */
async function stripped(image: Blob): Promise<Blob | undefined> {
  if (image.type === "image/svg+xml") return image;
  const clean = freed(new Uint8Array(await image.arrayBuffer()));
  return clean && named(new Blob([clean], { type: image.type }), image);
}

/** What can be transparent stays so. */
function outputType(type: string): string {
  return type === "image/png" || type === "image/webp" ? "image/webp" : "image/jpeg";
}

function thumbnailType(type: string): string {
  return type === "image/jpeg" ? type : "image/webp";
}
