import type { Observable } from "../base/observable.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { Client } from "../client/types.ts";

/**
 * The key of the first message of others that was unread when this was made: where "new" begins on screen. It stays
 * there while the person reads; make another one when they come back.
 */
export function createUnreadDivider<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
): Observable<string | undefined> {
  const { timeline, receipts } = client.conversation(conversationId);
  /** Read up to here, and existing up to there, when both were first known. */
  let begun: { readonly readSeq: number; readonly headSeq: number } | undefined;
  let found: string | undefined;

  const get = (): string | undefined => {
    if (found !== undefined) return found;
    const { items, head } = timeline.get();
    const userId = client.userId.get();
    const own = receipts.get().find((receipt) => receipt.userId === userId);
    if (own) begun ??= { readSeq: own.readSeq, headSeq: head.seq };
    if (!begun) return undefined;
    // From the newest back to what was read: as many steps as are unread, whatever is loaded above them.
    for (let index = items.length - 1; index >= 0; index -= 1) {
      const item = items.at(index);
      if (item?.type !== "message" || item.own || item.message.deletedAt !== undefined) continue;
      const { seq } = item.message;
      if (seq <= begun.readSeq) break;
      if (seq <= begun.headSeq) found = item.key;
    }
    return found;
  };

  return {
    get,
    subscribe(listener) {
      let told = get();
      const tell = (): void => {
        const next = get();
        if (next !== told) listener((told = next));
      };
      const ends = [timeline, receipts].map((source) => source.subscribe(tell));
      return () => ends.forEach((end) => end());
    },
  };
}
