import type { Conversation } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";

/** What a timeline says, oldest first; holes as dots. */
export function textsOf({ timeline }: Conversation): string[] {
  return [...timeline.get().items].map((item) => (item.type === "message" ? textOf(item.message) : "…"));
}

export function textOf({ content }: Pick<MessageRecord, "content">): string {
  return "text" in content ? content.text : content.sealed;
}
