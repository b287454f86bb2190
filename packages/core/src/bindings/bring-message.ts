import type { CustomSchemas } from "../compose/custom.ts";
import type { Conversation } from "../client/types.ts";
import type { MessageRecord } from "../protocol/records.ts";

/** Messages fetched at most: a page of what is quoted may be years away. */
const MOST_FETCHED = 2_000;

/**
 * Loads older pages until a message is here: before jumping to what was quoted, linked or notified of. One whose place is
 * known, as it was found by a search, is loaded with what is around it.
 *
 * @param message - the message itself, or its id.
 * @param most - messages loaded before it gives up. Default 2 000.
 * @returns whether it is loaded now.
 * @throws {MessagingError} `connection/offline`, or the backend's refusal
 */
export async function bringMessage<Schemas extends CustomSchemas>(
  { timeline }: Pick<Conversation<Schemas>, "timeline">,
  message: string | Pick<MessageRecord, "id" | "seq">,
  most: number = MOST_FETCHED,
): Promise<boolean> {
  const messageId = typeof message === "string" ? message : message.id;
  const isHere = (): boolean => timeline.get().items.indexOf(messageId) >= 0;
  if (typeof message === "object" && message.seq > 0) {
    if (isHere()) return true;
    try {
      await timeline.loadAround(message.seq);
    } catch (error) {
      if (!isHere()) throw error; // storage may have had it, where the backend is out of reach
    }
    return isHere();
  }
  const first = timeline.get().items.length;
  for (;;) {
    const { items, hasOlder } = timeline.get();
    if (isHere()) return true;
    if (!hasOlder || items.length - first >= most) return false;
    const before = items.length;
    await timeline.loadOlder();
    if (timeline.get().items.length === before) return false; // nothing came, so nothing will
  }
}
