import { MessagingError } from "../errors/messaging-error.ts";
import type { ImageOptions, Prepared } from "./types.ts";

/** What a page asks of its worker. */
export interface ImageTask {
  readonly id: number;
  readonly image: Blob;
  readonly options: ImageOptions;
}

export type ImageResult =
  { readonly id: number; readonly prepared: Prepared } | { readonly id: number; readonly reason: string };

/** The part of a `Worker` that is needed. */
export interface ImageWorker {
  postMessage(task: ImageTask): void;
  addEventListener(type: "message", listener: (event: { readonly data: ImageResult }) => void): void;
  addEventListener(type: "error", listener: () => void): void;
}

type Prepare = (image: Blob, options?: ImageOptions) => Promise<Prepared>;

export async function answer({ id, image, options }: ImageTask, prepare: Prepare): Promise<ImageResult> {
  try {
    return { id, prepared: await prepare(image, options) };
  } catch (error) {
    return { id, reason: String(error) };
  }
}

/**
 * Prepares images in a worker that calls `serveImages` of `@tidings/core/media/worker`. Where the worker cannot be loaded or cannot
 * do it, each is refused with `upload/unsupported`.
 */
export function workerImages(worker: ImageWorker): Prepare {
  const waiting = new Map<number, (result: ImageResult) => void>();
  let last = 0;
  let isBroken = false;
  worker.addEventListener("message", ({ data }) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  worker.addEventListener("error", () => {
    isBroken = true;
    for (const [id, tell] of waiting) tell({ id, reason: "the worker has ended" });
    waiting.clear();
  });
  return async (image, options = {}) => {
    const id = (last += 1);
    const result = await new Promise<ImageResult>((tell) => {
      if (isBroken) return tell({ id, reason: "the worker could not be loaded" });
      waiting.set(id, tell);
      worker.postMessage({ id, image, options });
    });
    if ("prepared" in result) return result.prepared;
    throw new MessagingError("upload/unsupported", {
      message: `unable to prepare the image; ${result.reason}`,
    });
  };
}
