/** What the page's own memory is, as far as the platform tells. */
export interface Heap {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** Chromium tells; others do not, and then there is nothing to say. */
export function readHeap(): Heap | undefined {
  const { memory } = Object(globalThis.performance);
  const { usedJSHeapSize: usedBytes, jsHeapSizeLimit: limitBytes } = Object(memory);
  return typeof usedBytes === "number" && typeof limitBytes === "number"
    ? { usedBytes, limitBytes }
    : undefined;
}
