import type { ErrorCode } from "../errors/codes.ts";
import { LONGEST_REASON } from "../protocol/bounds.ts";
import type { ClearNote, Command, SetNote } from "../protocol/commands.ts";
import { isNotebook, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import { isIn } from "./standing.ts";
import type { ApplyContext, Records } from "./types.ts";

/**
 * Notes that moderators are to act on. What they say stays their owner's; what becomes of them is said by the backend.
 *
 *   report: (none) ──set──▶ reported, and again, with other words
 *   appeal: (none) ──set──▶ asked ──decided──▶ granted or refused; it is asked once
 */
export function isForModerators({ kind }: NoteSubject): boolean {
  return kind === "report" || kind === "appeal";
}

/** What they may be about, as far as it can be told without looking. */
export function isSoundConcern(subject: NoteSubject, { actorId }: ApplyContext): boolean {
  const { kind, conversationId, messageId, userId } = subject;
  if (isNotebook(conversationId) || userId === actorId) return false;
  return kind === "report"
    ? (messageId === undefined) !== (userId === undefined)
    : messageId !== undefined && userId === undefined;
}

/** Why this may not be said to moderators; undefined if it may. */
export function concernFault(
  { subject, ...command }: SetNote | ClearNote,
  before: NoteValue | undefined,
  { limits, system }: ApplyContext,
): ErrorCode | undefined {
  const value = command.type === "note.set" ? command.value : undefined;
  if (!isForModerators(subject)) return value?.outcome === undefined ? undefined : "command/malformed";
  // What was asked while it could be is answered, whatever may be asked now.
  if (system && subject.kind === "appeal") return undefined;
  if (!limits.reports) return "command/unsupported";
  if (subject.kind === "report") return value?.outcome === undefined ? textFault(value) : "command/malformed";
  if (!value) return before && "moderation/appealed";
  // Whoever asks again with the same words has been heard, whatever was answered meanwhile.
  if (before) return value.text === before.text ? undefined : "moderation/appealed";
  const isWhole = value.text?.trim() && value.outcome === undefined;
  return isWhole ? textFault(value) : "command/malformed";
}

function textFault(value: NoteValue | undefined): ErrorCode | undefined {
  return (value?.text?.length ?? 0) > LONGEST_REASON ? "draft/too-long" : undefined;
}

/**
 * Why a backend, which can look at it, does not pass this on to moderators: to whoever cannot see it, it is not there
 * (D8). Both rows are asked for in any case, or the time it takes would tell what is.
 */
export function unseenConcern(
  recordsOf: (conversationId: string) => Records,
  command: Command,
  { actorId, limits, system }: ApplyContext,
): ErrorCode | undefined {
  if (command.type !== "note.set" || system || !limits.reports || !isForModerators(command.subject))
    return undefined;
  const { kind, conversationId, messageId = "", userId = "" } = command.subject;
  const records = recordsOf(conversationId);
  const self = records.participant(actorId);
  if (userId !== "") {
    const other = records.participant(userId);
    if (!isIn(self)) return "conversation/not-found";
    return other ? undefined : "participant/not-found";
  }
  const message = records.message(messageId);
  if (!isIn(self)) return "conversation/not-found";
  if (!message) return "message/not-found";
  const isOwn = message.authorId === actorId;
  const isRemoved = message.deletedAt !== undefined && message.moderated === true;
  return (kind === "report" ? !isOwn : isOwn && isRemoved) ? undefined : "permission/denied";
}
