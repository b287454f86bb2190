import type { Client, MessageItem, Random } from "@tidings/core";
import type { Poll } from "@tidings/core/protocol";
import { anyOf, isLikely } from "../chance.ts";

/** What is asked: of one choice or several, openly or not, for ever or for a few seconds. */
export function ballot(random: Random, client: Client): Poll {
  const options = ["tea", "coffee", "water"];
  return {
    options,
    ...(isLikely(random, 0.5) && { many: true }),
    ...(isLikely(random, 0.4) && { anonymous: true }),
    ...(isLikely(random, 0.3) && { closesAt: sentAt(client) + anyOf(random, 20_000) }),
  };
}

/** When it is, as far as anybody can tell from what was said. */
export function sentAt(client: Client): number {
  const times = client.conversations.get().map(({ lastMessage }) => lastMessage?.createdAt ?? 0);
  return Math.max(0, ...times);
}

/** Some choose what there is not; the rules refuse that. */
export function choices(random: Random, { message }: MessageItem): readonly number[] {
  const many = "text" in message.content && message.content.poll?.many;
  const chosen = Array.from({ length: anyOf(random, many ? 4 : 2) }, () => anyOf(random, 3));
  return [...new Set(chosen)];
}
