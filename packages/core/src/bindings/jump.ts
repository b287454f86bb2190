import type { Conversation } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";

/**
 * Loads the page around a time, and tells to which message to jump: the first that was sent then or later, or else the
 * newest; `undefined` in a conversation without messages.
 *
 * @param at - server time, ms
 * @throws {MessagingError} `connection/offline`, or the backend's refusal
 */
export async function bringDate<Schemas extends CustomSchemas>(
  { timeline }: Pick<Conversation<Schemas>, "timeline">,
  at: number,
): Promise<string | undefined> {
  await timeline.loadAt(at);
  const messages = [...timeline.get().items].filter(
    (item) => item.type === "message" && item.message.seq > 0,
  );
  const found = messages.find((item) => item.type === "message" && item.message.createdAt >= at);
  return (found ?? messages.at(-1))?.key;
}
