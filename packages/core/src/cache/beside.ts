import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";
import type { Messages } from "../timeline/messages.ts";

/** What nobody is to read any more of a conversation. */
export interface Withdrawn {
  readonly deleted: ReadonlySet<string>;
  /** The oldest sequence the backend still keeps. */
  readonly floorSeq: number;
}

/** @param changed - ids of messages that may have been deleted. */
export function withdrawnAmong({ get, floorSeq }: Messages, changed: ReadonlySet<string>): Withdrawn {
  const deleted = [...changed].filter((id) => get(id)?.message.deletedAt !== undefined);
  return { deleted: new Set(deleted), floorSeq };
}

/**
 * Pins and threads beside a timeline that still say what was withdrawn go, as nobody may ever look at them again: whoever
 * does asks anew.
 */
export async function staleBeside(
  storage: Storage,
  timeline: StorageKey,
  withdrawn: Withdrawn,
): Promise<readonly StorageOperation[]> {
  const found = await storage.scan({ prefix: timeline });
  return found
    .filter(([key, value]) => key.length > timeline.length && isStale(Object(value).page, withdrawn))
    .map(([key]) => ({ type: "delete", key }));
}

/** What storage holds may be anything. */
function isStale(page: unknown, { deleted, floorSeq }: Withdrawn): boolean {
  const { root, messages = [] } = Object(page);
  const said: readonly unknown[] = [root, ...(Array.isArray(page) ? page : messages)];
  return said.some((message) => {
    const { id, seq, deletedAt } = Object(message);
    return (deletedAt === undefined && deleted.has(id)) || seq < floorSeq;
  });
}
