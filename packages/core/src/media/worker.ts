import { prepareImage } from "./image.ts";
import { answer, type ImageTask } from "./worker-image.ts";

/**
 * Import this as the whole of a worker, and give `workerImages` that: decoding and compressing then never hold up a page.
 */
globalThis.addEventListener("message", (event: MessageEvent<ImageTask>) => {
  void answer(event.data, prepareImage).then((result) => globalThis.postMessage(result));
});
