import type { ErrorCode } from "../errors/codes.ts";
import type {
  ChangeMessage,
  EditMessage,
  ReactToMessage,
  SendMessage,
  VoteInPoll,
} from "../protocol/commands.ts";
import type {
  MessageContent,
  MessageForward,
  MessageKind,
  MessageOrigin,
  MessageRecord,
  MessageVersion,
} from "../protocol/records.ts";
import { attachmentsOf, keepingAttachments, withKnownFiles } from "./attachments.ts";
import { contentFault, uploads } from "./content.ts";
import { isSameJson, nothing, put, type Scene, type Verdict } from "./outcome.ts";
import { may, mayUpload } from "./permissions.ts";
import { close, freshTally, pollOf, vote, withPollOf } from "./poll.ts";
import { react } from "./reaction.ts";
import type { ApplyContext } from "./types.ts";

/** What is forwarded is taken as the command has it: a backend has looked it up before (`withOriginal`). */
export function send(scene: Scene, command: SendMessage): Verdict {
  const { records, context } = scene;
  if (command.forward && !context.limits.forwards) return "command/unsupported";
  const fault = unspeakable(scene, command.kind, command.content) ?? misplaced(scene, command);
  if (fault) return fault;
  // What is forwarded shows what the original shows, whoever uploaded it.
  const content = withKnownFiles(scene, command.content, command.forward && command.content);
  if (typeof content === "string") return content;
  const known = content === command.content ? command : { ...command, content };
  return put(scene, command, messageOf(known, context, records.head.seq + 1));
}

/**
 * The message that a command makes, before it has a revision. Field by field, and what it may lack last: to copy all but
 * two, or to add a field behind a spread, takes ten times as long.
 */
export function messageOf(command: SendMessage, context: ApplyContext, seq: number): MessageRecord {
  const {
    commandId: id,
    conversationId,
    kind,
    content,
    custom,
    replyTo,
    threadId,
    forward,
    at: sentAt,
  } = command;
  const { actorId: authorId, at: createdAt, isModerated } = context;
  const origin = forward && originOf(forward);
  const poll = pollOf(content);
  return {
    type: "message",
    id,
    conversationId,
    rev: 0,
    seq,
    kind,
    authorId,
    content,
    sentAt,
    createdAt,
    version: 0,
    reactions: [],
    ...(custom && { custom }),
    ...(replyTo && { replyTo }),
    ...(threadId && { threadId }),
    ...(origin && { origin }),
    ...(poll && { tally: freshTally(poll) }),
    ...(isModerated && { moderated: true }),
  };
}

/** Of whom nobody knows yet who said it, nothing is said. */
function originOf({ conversationId, messageId, authorId }: MessageForward): MessageOrigin | undefined {
  return authorId === undefined ? undefined : { conversationId, messageId, authorId };
}

/** What this person may not say, or nobody. */
function unspeakable(
  { context, self, role }: Scene,
  kind: MessageKind,
  content: MessageContent,
): ErrorCode | undefined {
  if (kind === "poll" && !context.limits.pollOptions) return "command/unsupported";
  const fault = contentFault(kind, content, context.limits);
  if (fault || role === "system") return fault;
  const isDenied =
    kind === "system" ||
    (kind === "announcement" && !may(role, "message.announce")) ||
    (self && !mayUpload(self, context.limits) && (uploads.has(kind) || attachmentsOf(content).length > 0));
  return isDenied ? "permission/denied" : undefined;
}

/** A thread outlives its deleted first message; an answer to a deleted message would be out of place. */
function misplaced({ records }: Scene, { commandId, replyTo, threadId }: SendMessage): ErrorCode | undefined {
  if (records.message(commandId)) return "command/id-taken";
  if (threadId && !records.message(threadId)) return "message/not-found";
  if (!replyTo) return undefined;
  const answered = records.message(replyTo);
  if (!answered) return "message/not-found";
  return answered.deletedAt === undefined ? undefined : "message/deleted";
}

/** Absent `custom` stays as it is. What was forwarded are the words of somebody else. */
function edit(scene: Scene, command: EditMessage, message: MessageRecord): Verdict {
  const { context, role } = scene;
  if (message.authorId !== context.actorId && role !== "system") return "permission/denied";
  if (message.deletedAt !== undefined) return "message/deleted";
  if (message.origin && role !== "system") return "permission/denied";
  const { custom = message.custom } = command;
  const wanted = withPollOf(message, keepingAttachments(command.content, message.content));
  if (isSameJson(wanted, message.content) && isSameJson(custom, message.custom)) return nothing;
  const fault = unspeakable(scene, message.kind, wanted);
  const content = fault ?? withKnownFiles(scene, wanted, message.content);
  if (typeof content === "string") return content;
  const { moderated: _moderated, ...unmasked } = message;
  const next = { ...unmasked, ...(custom && { custom }), content, version: message.version + 1 };
  return {
    ...put(scene, command, {
      ...next,
      editedAt: context.at,
      ...(context.isModerated && { moderated: true }),
    }),
    replaced: replacedBy(context, message),
  };
}

/** Undoing what went with a deleted message changes nothing. */
export function changeMessage(
  scene: Scene,
  command: EditMessage | ChangeMessage | ReactToMessage | VoteInPoll,
): Verdict {
  const { records, context } = scene;
  const { actorId, at, limits } = context;
  const message = records.message(command.messageId);
  if (!message) return "message/not-found";
  const { pinnedAt, pinnedBy: _pinnedBy, ...unpinned } = message;
  const isPinned = pinnedAt !== undefined;
  const isDeleted = message.deletedAt !== undefined;
  switch (command.type) {
    case "message.edit":
      return edit(scene, command, message);
    case "message.react":
    case "message.unreact":
      return react(scene, command, message);
    case "poll.vote":
      return vote(scene, command, message);
    case "poll.close":
      return close(scene, command, message, mayDelete(scene, message));
    case "message.unpin":
      return isPinned ? put(scene, command, unpinned) : nothing;
    case "message.pin":
      if (isDeleted) return "message/deleted";
      if (isPinned) return nothing;
      if (records.counts.pins >= limits.pins) return "pin/limit";
      return put(scene, command, { ...message, pinnedAt: at, pinnedBy: actorId });
    case "message.delete":
      if (isDeleted) return nothing;
      if (!mayDelete(scene, message)) return "permission/denied";
      return {
        ...put(scene, command, tombstone(context, unpinned, command.reason)),
        replaced: replacedBy(context, message),
      };
  }
}

function mayDelete({ context, conversation, role }: Scene, { authorId }: MessageRecord): boolean {
  if (role === "system" || authorId === context.actorId) return true;
  return conversation.kind !== "direct" && may(role, "message.delete-any");
}

/** What remains says who, where, when and what it answered. What it said goes into `replaced`, for the audit. */
function tombstone(
  { actorId, at, system, isModerated }: ApplyContext,
  message: MessageRecord,
  reason: string | undefined,
): MessageRecord {
  const { custom: _custom, origin: _origin, tally: _tally, moderated: _moderated, ...kept } = message;
  const gone = { ...kept, content: { text: "" }, reactions: [], deletedAt: at, deletedBy: actorId };
  const isOthers = !system && actorId !== message.authorId;
  return isModerated || isOthers ? { ...gone, moderated: true, ...(reason && { reason }) } : gone;
}

function replacedBy({ actorId, at }: ApplyContext, { id, version, content }: MessageRecord): MessageVersion {
  return { messageId: id, version, content, replacedAt: at, replacedBy: actorId };
}
