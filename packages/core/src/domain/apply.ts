import { assertNever } from "../base/assert-never.ts";
import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import type {
  ClearNote,
  Command,
  CommandType,
  CreateConversation,
  PruneConversation,
  SetNote,
} from "../protocol/commands.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import { create, prune, setStatus, update } from "./conversation.ts";
import { changeMessage, send } from "./message.ts";
import { note } from "./note.ts";
import type { Scene, Verdict } from "./outcome.ts";
import { add, administer, join, leave, setNotify } from "./participant.ts";
import { may, mayUpload } from "./permissions.ts";
import { mark } from "./receipt.ts";
import { isIn, isMutedAt, standing } from "./standing.ts";
import type { Applied, ApplyContext, Records } from "./types.ts";

type Later = Exclude<Command, CreateConversation | PruneConversation | SetNote | ClearNote>;

/**
 * What `command` does to the records of its conversation, or why it may not.
 *
 * Pure, total and deterministic: it reads `records`, changes nothing, never throws on parsed input, and answers the
 * same for the same. The server, the in-memory backend and a client's optimistic view all ask it, so they agree.
 *
 * Laws:
 *   1  Revisions are dense: changes carry `head.rev + 1`, `+ 2`, …; a message takes `head.seq + 1`.
 *   2  What is already so is accepted with no changes, so that repeating a command is harmless.
 *   3  To whoever is not in it every conversation is `conversation/not-found`, existing or not (D8). Two ways to know
 *      more: creating one of the same id, and joining what is open to all.
 *   4  Nobody gains rank but from someone who has more, and no conversation loses its last owner.
 */
export function apply(records: Records, command: Command, context: ApplyContext): Applied {
  const verdict = judge(records, command, context);
  if (typeof verdict !== "string") return verdict;
  const reason = asReason(entryOf(verdict).text);
  return { ok: false, code: verdict, message: `unable to apply ${command.type}; ${reason}` };
}

function judge(records: Records, command: Command, context: ApplyContext): Verdict {
  if (command.type === "conversation.create") return create(records, command, context);
  if (command.type === "note.set" || command.type === "note.clear") return note(records, command, context);
  const { conversation } = records;
  if (!conversation) return "conversation/not-found";
  const self = records.participant(context.actorId);
  const role = context.system ? "system" : standing(self);
  const scene: Scene = { records, context, conversation, self, role };
  if (command.type === "conversation.prune") return prune(scene, command);
  return obstacle(scene, command.type) ?? perform(scene, command);
}

function perform(scene: Scene, command: Later): Verdict {
  switch (command.type) {
    case "message.send":
      return send(scene, command);
    case "message.edit":
    case "message.delete":
    case "message.pin":
    case "message.unpin":
    case "message.react":
    case "message.unreact":
    case "poll.vote":
    case "poll.close":
      return changeMessage(scene, command);
    case "receipt.mark":
      return mark(scene, command);
    case "conversation.update":
      return update(scene, command);
    case "conversation.status":
      return setStatus(scene, command);
    case "participant.add":
      return add(scene, command);
    case "participant.join":
      return join(scene, command);
    case "participant.leave":
      return leave(scene, command);
    case "participant.notify":
      return setNotify(scene, command);
    case "participant.remove":
    case "participant.ban":
    case "participant.unban":
    case "participant.mute":
    case "participant.unmute":
    case "participant.role":
    case "participant.permissions":
      return administer(scene, command);
    default:
      return assertNever(command);
  }
}

/** Puts new words, or a reaction, before others: what a mute forbids. Taking one's own back is always possible. */
const writes: ReadonlySet<CommandType> = new Set(["message.send", "message.edit", "message.react"]);

/** What is left to do in an archived or deleted conversation. */
const whileClosed: ReadonlySet<CommandType> = new Set([
  "conversation.status",
  "participant.leave",
  "participant.notify",
  "receipt.mark",
]);

/** What the server does there beside it: somebody is erased everywhere. */
const takesBack: ReadonlySet<CommandType> = new Set(["message.delete", "message.unreact", "poll.vote"]);

/** Who wants something, and where: all that is looked at before what it is. */
type Standing = Omit<Scene, "records">;

/** What stands in the way of any such command here, whatever it says in particular. */
function obstacle(scene: Standing, type: Later["type"]): ErrorCode | undefined {
  const { conversation, self, role } = scene;
  const { kind, status } = conversation;
  if (role !== "system" && !isIn(self)) {
    if (self?.status === "banned") return "permission/banned";
    const isOpen = (kind === "community" || kind === "space") && status !== "deleted";
    if (type !== "participant.join" || !isOpen) return "conversation/not-found";
  }
  if (kind === "notebook") return "permission/denied";
  const isClosed = status === "archived" || status === "deleted";
  if (isClosed && !whileClosed.has(type) && (role !== "system" || !takesBack.has(type)))
    return "conversation/closed";
  // The two people of a direct conversation stay its two people, both owners.
  const isFixed = kind === "direct" && type.startsWith("participant.") && type !== "participant.notify";
  return isFixed || !may(role, type) ? "permission/denied" : silenced(scene, type);
}

/** Why this person may put no file here, whatever it is; `undefined` if they may. */
export function uploadObstacle(
  conversation: ConversationRecord,
  self: ParticipantRecord | undefined,
  context: ApplyContext,
): ErrorCode | undefined {
  const code = obstacle({ context, conversation, self, role: standing(self) }, "message.send");
  return code ?? (self && !mayUpload(self, context.limits) ? "file/denied" : undefined);
}

/** Who may write no more, whatever their role says. */
function silenced(
  { conversation, context, self, role }: Standing,
  type: Later["type"],
): ErrorCode | undefined {
  if (!self || role === "system" || !writes.has(type)) return undefined;
  const isMuted = conversation.status === "muted" && !may(role, "message.write-muted");
  if (isMuted || isMutedAt(self, context.at)) return "permission/muted";
  return self.canSend === false && type !== "message.react" ? "permission/denied" : undefined;
}
