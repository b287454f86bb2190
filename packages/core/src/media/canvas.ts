import { MessagingError } from "../errors/messaging-error.ts";
import type { Canvas, Size } from "./types.ts";

/**
 * The browser's, in a page or a worker.
 *
 * @throws {MessagingError} `upload/unsupported` where there is none
 */
export function offscreenCanvas(): Canvas<ImageBitmap> {
  if (!("OffscreenCanvas" in globalThis) || !("createImageBitmap" in globalThis)) {
    throw new MessagingError("upload/unsupported", {
      message: "unable to prepare the image; this platform has no OffscreenCanvas",
    });
  }
  return {
    decode: (image) => createImageBitmap(image, { imageOrientation: "from-image" }),
    async encode(picture, size, type, quality) {
      const { canvas } = draw(picture, size);
      return canvas.convertToBlob({ type, quality });
    },
    pixels(picture, size) {
      const { context } = draw(picture, size);
      return context.getImageData(0, 0, size.width, size.height).data;
    },
  };
}

function draw(
  picture: CanvasImageSource,
  { width, height }: Size,
): { readonly canvas: OffscreenCanvas; readonly context: OffscreenCanvasRenderingContext2D } {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new RangeError("unable to draw; the picture is too large");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return { canvas, context };
}
