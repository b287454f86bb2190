import type { Clock } from "../base/clock.ts";
import type { Storage, StorageKey } from "../ports/storage.ts";
import type { Observer } from "./observation.ts";
import { timed } from "./timed.ts";

/** The same storage, seen. */
export function measuredStorage(storage: Storage, clock: Clock, tell: Observer): Storage {
  const type = "storage";
  return {
    get supports() {
      return storage.supports;
    },
    open: () =>
      timed(
        clock,
        () => storage.open(),
        (took, error) => tell({ type, ...took, operation: "open", error }),
      ),
    get: (key) =>
      timed(
        clock,
        () => storage.get(key),
        (took, error, value) =>
          tell({ type, ...took, operation: "get", timeline: timelineAt(key, value), error }),
      ),
    scan: (range) =>
      timed(
        clock,
        () => storage.scan(range),
        (took, error) => tell({ type, ...took, operation: "scan", error }),
      ),
    write: (operations) =>
      timed(
        clock,
        () => storage.write(operations),
        (took, error) => tell({ type, ...took, operation: "write", error }),
      ),
    close: () => storage.close(),
  };
}

/** Keys of the cache: `cache/<version>/<user>/timeline/<conversation>`. */
function timelineAt([area, , , kind]: StorageKey, value: unknown): "found" | "missing" | undefined {
  if (area !== "cache" || kind !== "timeline") return undefined;
  return value === undefined ? "missing" : "found";
}
