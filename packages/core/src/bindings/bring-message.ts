import type { CustomSchemas } from "../compose/custom.ts";
import type { Conversation } from "../client/types.ts";

/** Messages fetched at most: a page of what is quoted may be years away. */
const MOST_FETCHED = 2_000;

/**
 * Loads older pages until a message is here: before jumping to what was quoted, linked or notified of.
 *
 * @param most - messages loaded before it gives up. Default 2 000.
 * @returns whether it is loaded now.
 * @throws {MessagingError} `connection/offline`, or the backend's refusal
 */
export async function bringMessage<Schemas extends CustomSchemas>(
  { timeline }: Pick<Conversation<Schemas>, "timeline">,
  messageId: string,
  most: number = MOST_FETCHED,
): Promise<boolean> {
  const first = timeline.get().items.length;
  for (;;) {
    const { items, hasOlder } = timeline.get();
    if (items.indexOf(messageId) >= 0) return true;
    if (!hasOlder || items.length - first >= most) return false;
    const before = items.length;
    await timeline.loadOlder();
    if (timeline.get().items.length === before) return false; // nothing came, so nothing will
  }
}
