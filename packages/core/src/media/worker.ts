import { prepareImage } from "./image.ts";
import { answer, type ImageTask } from "./worker-image.ts";

/** The global of a worker. */
export interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<ImageTask>) => void): void;
  postMessage(message: unknown): void;
}

/**
 * Call it in a worker of yours, with its `self`, and give `workerImages` that worker: decoding and compressing then never
 * hold up a page.
 */
export function serveImages(scope: WorkerScope): void {
  scope.addEventListener("message", ({ data }) => {
    void answer(data, prepareImage).then((result) => scope.postMessage(result));
  });
}
