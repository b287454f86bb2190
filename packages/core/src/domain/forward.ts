import type { Command, SendMessage } from "../protocol/commands.ts";
import type { MessageForward, MessageRecord } from "../protocol/records.ts";
import { isIn } from "./standing.ts";
import type { ApplyContext, Records, Rejection } from "./types.ts";

/**
 * A command as a backend takes it: what is forwarded says what the original says, and names whoever said it first. To who
 * may not read the original there is none, nor to anybody once it was deleted (D8).
 */
export function withOriginal(
  recordsOf: (conversationId: string) => Records,
  command: Command,
  { actorId, limits }: ApplyContext,
): Command | Rejection {
  if (command.type !== "message.send" || !command.forward || !limits.forwards) return command;
  const { conversationId, messageId } = command.forward;
  const records = recordsOf(conversationId);
  // Both are asked in any case, or the time it takes would tell what is there.
  const self = records.participant(actorId);
  const original = records.message(messageId);
  if (!original || original.deletedAt !== undefined || !isIn(self)) return gone;
  return forwarded(command, original, command.forward);
}

const gone: Rejection = {
  ok: false,
  code: "message/not-found",
  message: "unable to forward; the message does not exist, was deleted, or is not yours to read",
};

/** An announcement is one where it was made; elsewhere it is told on. */
function forwarded(
  { custom: _custom, ...command }: SendMessage,
  { kind, content, custom, origin, authorId }: MessageRecord,
  { conversationId, messageId }: MessageForward,
): SendMessage {
  return {
    ...command,
    kind: kind === "announcement" ? "text" : kind,
    content,
    ...(custom && { custom }),
    forward: origin ?? { conversationId, messageId, authorId },
  };
}
