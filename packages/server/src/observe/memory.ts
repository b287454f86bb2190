import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** What the process may take: the container's limit if there is one, else all there is. */
export function memoryBound(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** The part that is taken of what the process, or its heap, may take: whichever is fuller. */
export function memoryTaken(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return Math.max(process.memoryUsage.rss() / memoryBound(), used / limit);
}
