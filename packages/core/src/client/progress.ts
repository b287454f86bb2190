import type { OutboxEntry } from "../outbox/entry.ts";
import type { Replica } from "../timeline/replica.ts";

/**
 * Shows in a conversation how one of its commands is doing. Nothing optimistic is written into confirmed state: an ack
 * has replaced it by now, and a refusal simply drops it (D6). A failed message stays visible with its text until the
 * person tries again or lets it go; a failed change of something else is undone.
 */
export function showProgress(replica: Replica, { command, status, error }: OutboxEntry): void {
  const isOver = status === "sent" || status === "cancelled";
  const isUndone = status === "failed" && command.type !== "message.send";
  if (isOver || isUndone) return replica.unpend(command.commandId);
  replica.pend(command);
  replica.setDelivery(command.commandId, status, error);
}
