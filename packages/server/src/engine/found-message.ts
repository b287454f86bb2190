import type { ConversationRecord, MessageRecord, QueryResults, QueryType } from "@tidings/core/protocol";
import { noMessage } from "../store/reading.ts";
import type { Refusal, Store } from "../store/store.ts";

/** A message, and where it was said. */
export interface FoundMessage {
  readonly ok: true;
  readonly conversation: ConversationRecord;
  readonly message: MessageRecord;
  /** How far whoever asked has read there. */
  readonly readSeq: number;
}

/** Asked as they would ask themselves: what they may not read is not found (D8). @throws {Error} if the store fails. */
export async function findMessage(
  userId: string,
  { conversationId, messageId }: { readonly conversationId: string; readonly messageId: string },
  store: Pick<Store, "query">,
): Promise<FoundMessage | Refusal> {
  const [place, messages] = await Promise.all([
    store.query(userId, { type: "conversation", conversationId }),
    store.query(userId, { type: "messages", conversationId, messageIds: [messageId] }),
  ]);
  if (!place.ok) return place;
  if (!messages.ok) return messages;
  const [message] = areMessages(messages.result) ? messages.result : [];
  if (!message || !("self" in place.result)) return noMessage;
  const { conversation, receipt } = place.result;
  return { ok: true, conversation, message, readSeq: receipt?.readSeq ?? 0 };
}

function areMessages(result: QueryResults[QueryType]): result is readonly MessageRecord[] {
  return Array.isArray(result) && result.every((each) => Object.hasOwn(each, "seq"));
}
