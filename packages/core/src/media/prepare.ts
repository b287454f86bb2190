import { prepareImage } from "./image.ts";
import type { ImageOptions, Prepared, VideoOptions } from "./types.ts";
import { prepareVideo } from "./video.ts";

export interface PrepareOptions {
  readonly image?: ImageOptions;
  readonly video?: VideoOptions;
  /** Default: on this thread; `workerImages(worker)` does it beside. */
  readonly images?: (image: Blob, options?: ImageOptions) => Promise<Prepared>;
}

/**
 * A file as it may be sent, by what it is: images smaller and without metadata, films without it and with a poster, all else as it is.
 *
 * @throws {MessagingError} `upload/unsupported` where the platform cannot; then `uploads.add(id, file)` takes it as it is
 */
export async function prepareFile(
  file: Blob,
  { image, video, images = prepareImage }: PrepareOptions = {},
): Promise<Prepared> {
  if (file.type.startsWith("image/")) return images(file, image);
  if (file.type.startsWith("video/")) return prepareVideo(file, video);
  return { file, about: {} };
}
