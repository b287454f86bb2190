import { SYSTEM } from "../system-actor.ts";
import type { AuditEntry } from "./audit.ts";
import type { Submission } from "./store.ts";

/** What moderators flagged of a message that was said, or edited. */
export function flagsOf({ command, context: { at }, judged }: Submission): readonly AuditEntry[] {
  const { conversationId, commandId } = command;
  const subject = "messageId" in command ? command.messageId : commandId;
  return (judged?.flags ?? []).map(({ reason, score }) => ({
    ...{ at, actorId: SYSTEM, action: "message.flag", subject, conversationId },
    detail: `${reason} ${score}`,
  }));
}
