import { offscreenCanvas } from "./canvas.ts";
import { placeholderOf } from "./placeholder.ts";
import { stripMetadata } from "./strip.ts";
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
 * and a placeholder, so that nothing jumps. What the platform cannot decode is only freed of metadata.
 *
 * @throws {MessagingError} `upload/unsupported` without a canvas
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
  if (!picture) return { file: await stripped(image), about: { kind: "file" } };
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
  if (isLeft) return { file: await stripped(image), size: whole };
  const file = await canvas.encode(picture, size, outputType(image.type), quality);
  // What was compressed well already only grows; a smaller picture is worth more than fewer bytes.
  if (size.width === width && file.size >= image.size) return { file: await stripped(image), size: whole };
  return { file: named(file, image), size };
}

/** Its longer side is at most `most`, in proportion, and no side is nothing. */
export function fit({ width, height }: Size, most: number): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  const of = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: of(width), height: of(height) };
}

async function stripped(image: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  return named(new Blob([stripMetadata(bytes)], { type: image.type }), image);
}

/** What can be transparent stays so. */
function outputType(type: string): string {
  return type === "image/png" || type === "image/webp" ? "image/webp" : "image/jpeg";
}

function thumbnailType(type: string): string {
  return type === "image/jpeg" ? type : "image/webp";
}

const ENDINGS: Readonly<Record<string, string>> = { "image/webp": ".webp", "image/jpeg": ".jpg" };

/** The name goes along; its ending says what it is now. */
function named(file: Blob, from: Blob): Blob {
  if (!("name" in from) || typeof from.name !== "string" || !("File" in globalThis)) return file;
  const ending = file.type === from.type ? undefined : ENDINGS[file.type];
  const name = ending ? from.name.replace(/(\.[^.]{1,5})?$/, ending) : from.name;
  return new File([file], name, { type: file.type });
}
