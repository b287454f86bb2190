import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";

/**
 * Pins and threads beside a timeline that still say what was deleted, or is not kept any more, go, as nobody may ever look at
 * them again: whoever does asks anew.
 *
 * @param floorSeq - the oldest sequence the backend still keeps.
 */
export async function staleBeside(
  storage: Storage,
  timeline: StorageKey,
  deleted: readonly string[],
  floorSeq: number,
): Promise<readonly StorageOperation[]> {
  // What storage holds may be anything.
  const isStale = (page: unknown): boolean => {
    const { root, messages } = Object(page);
    return [root, page, messages].flat().some((message) => {
      const { id, seq, deletedAt } = Object(message);
      return seq < floorSeq || (!deletedAt && deleted.includes(id));
    });
  };
  const found = await storage.scan({ prefix: timeline });
  return found
    .filter(([key, value]) => key.length > timeline.length && isStale(Object(value).page))
    .map(([key]) => ({ type: "delete", key }));
}
