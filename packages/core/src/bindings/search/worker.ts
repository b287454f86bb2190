/** `@tidings/core/search/worker`: the index of what lies on storage, beside the page. */
import { createServant, type SearchTask } from "./index-host.ts";

/** The global of a worker. */
export interface SearchWorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<SearchTask>) => void): void;
  postMessage(message: unknown): void;
}

/**
 * Call it in a worker of yours, with its `self`, and give `searchInWorker` that worker: texts are then cut into words, and
 * walked through, where they never hold up a page.
 */
export function serveSearch(scope: SearchWorkerScope): void {
  const answer = createServant();
  scope.addEventListener("message", ({ data }) => {
    const result = answer(data);
    if (result) scope.postMessage(result);
  });
}
