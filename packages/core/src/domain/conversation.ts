import type { ErrorCode } from "../errors/codes.ts";
import type {
  CreateConversation,
  PruneConversation,
  SetConversationStatus,
  UpdateConversation,
} from "../protocol/commands.ts";
import type { AnyRecord, ConversationSettings, Role } from "../protocol/records.ts";
import { isNotebook } from "../protocol/notes.ts";
import { change, isSameJson, nothing, put, type Scene, type Verdict } from "./outcome.ts";
import { may } from "./permissions.ts";
import { isIn } from "./standing.ts";
import type { ApplyContext, Records } from "./types.ts";

/**
 * The conversation, its creator as owner, then those invited, in that order. In a direct conversation both are owners.
 * Created by the system, only those invited are in.
 */
export function create(records: Records, command: CreateConversation, context: ApplyContext): Verdict {
  const { conversationId, kind, participants = [], settings = { typing: true, receipts: true } } = command;
  const { actorId, at, limits, system } = context;
  if (kind === "notebook" || isNotebook(conversationId)) return "permission/denied"; // whoever's it is
  if (records.conversation) return "conversation/exists";
  const fault = retentionFault(settings, context);
  if (fault) return fault;
  const isDirect = kind === "direct";
  const roles = new Map<string, Role>(system ? [] : [[actorId, "owner"]]);
  for (const { userId, role = "member" } of participants) {
    if (!roles.has(userId)) roles.set(userId, isDirect ? "owner" : role);
  }
  if (isDirect && roles.size !== 2) return "command/malformed";
  if (participants.length > limits.invitations || roles.size > limits.members) return "conversation/full";
  let rev = records.head.rev + 1;
  const made: AnyRecord[] = [
    {
      ...described(command),
      type: "conversation",
      conversationId,
      rev,
      kind,
      status: "active",
      settings,
      createdBy: actorId,
      createdAt: at,
    },
  ];
  for (const [userId, role] of roles) {
    rev += 1;
    made.push({ type: "participant", conversationId, userId, rev, role, status: "active", joinedAt: at });
  }
  return { ok: true, changes: made.map((record) => change(command, context, record)) };
}

/** Absent fields stay as they are. */
export function update(scene: Scene, command: UpdateConversation): Verdict {
  const { conversation, context, role } = scene;
  const { settings = conversation.settings } = command;
  if (!isSameJson(settings.retention, conversation.settings.retention)) {
    if (!may(role, "conversation.retain")) return "permission/denied";
    const fault = retentionFault(settings, context);
    if (fault) return fault;
  }
  const next = { ...conversation, ...described(command), settings };
  return isSameJson(next, conversation) ? nothing : put(scene, command, next);
}

/** What is kept for no time at all could not be read. */
function retentionFault(
  { retention }: ConversationSettings,
  { limits }: ApplyContext,
): ErrorCode | undefined {
  if (!retention) return undefined;
  if (limits.keepAtLeastMs === undefined) return "command/unsupported";
  return (retention.maxAgeMs ?? Infinity) < limits.keepAtLeastMs ? "command/malformed" : undefined;
}

/** Deletes nothing itself: it says to everybody that older messages are gone. The floor only rises. */
export function prune(scene: Scene, command: PruneConversation): Verdict {
  const { conversation, records, role, self } = scene;
  if (role !== "system") return isIn(self) ? "permission/denied" : "conversation/not-found";
  const floorSeq = Math.min(command.floorSeq, records.head.seq + 1);
  if (floorSeq <= (conversation.floorSeq ?? 1)) return nothing;
  return put(scene, command, { ...conversation, floorSeq });
}

/** Deleting, and bringing back, takes an owner. */
export function setStatus(scene: Scene, command: SetConversationStatus): Verdict {
  const { conversation, role } = scene;
  const { status } = command;
  if (status === conversation.status) return nothing;
  const concernsDeletion = status === "deleted" || conversation.status === "deleted";
  if (concernsDeletion && !may(role, "conversation.delete")) return "permission/denied";
  return put(scene, command, { ...conversation, status });
}

type Description = Pick<UpdateConversation, "name" | "description" | "custom">;

function described({ name, description, custom }: Description): Description {
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(custom && { custom }),
  };
}
