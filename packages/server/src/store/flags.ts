import { SYSTEM } from "../system-actor.ts";
import type { AuditEntry } from "./audit.ts";
import type { Submission } from "./store.ts";

/** What moderators flagged: of a message that was said, or edited, or of what somebody has called a conversation. */
export function flagsOf({ command, context, judged }: Submission): readonly AuditEntry[] {
  const { conversationId, type } = command;
  const isNamed = type === "conversation.create" || type === "conversation.update";
  const about = isNamed
    ? ({ action: "conversation.flag", subject: context.actorId } as const)
    : ({
        action: "message.flag",
        subject: "messageId" in command ? command.messageId : command.commandId,
      } as const);
  return (judged?.flags ?? []).map(({ reason, score }) => ({
    ...{ at: context.at, actorId: SYSTEM, conversationId, ...about },
    detail: `${reason} ${score}`,
  }));
}
