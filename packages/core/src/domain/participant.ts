import type {
  AddParticipant,
  JoinConversation,
  LeaveConversation,
  MuteParticipant,
  RemoveParticipant,
  SetNotify,
  SetPermissions,
  SetRole,
} from "../protocol/commands.ts";
import type { ParticipantRecord, ParticipantStatus } from "../protocol/records.ts";
import { nothing, put, type Scene, type Verdict } from "./outcome.ts";
import { mayGrant, outranks } from "./permissions.ts";
import { isIn, standing } from "./standing.ts";

/** Stands for "for good" where a mute has to outlive its status. */
const FOR_GOOD = Number.MAX_SAFE_INTEGER;

/** What one does to another. */
export type Administration = RemoveParticipant | MuteParticipant | SetRole | SetPermissions;

/** Someone who left or was removed may come again, with a clean slate: whoever adds them answers for it. */
export function add(scene: Scene, command: AddParticipant): Verdict {
  const { userId, role = "member" } = command;
  const known = scene.records.participant(userId);
  if (!mayGrant(scene.role, role)) return "permission/denied";
  if (!known || !isIn(known)) return enter(scene, command, known, { userId, role });
  return command.role === undefined || role === known.role ? nothing : "participant/exists";
}

/** Keeps what narrows a person, or a mute would end by leaving and coming back. */
export function join(scene: Scene, command: JoinConversation): Verdict {
  const { self, context } = scene;
  if (isIn(self)) return nothing;
  return enter(scene, command, self, { ...self, userId: context.actorId, role: "member" });
}

function enter(
  scene: Scene,
  command: AddParticipant | JoinConversation,
  known: ParticipantRecord | undefined,
  person: Partial<ParticipantRecord> & Pick<ParticipantRecord, "userId" | "role">,
): Verdict {
  const { records, context } = scene;
  if (known?.status === "banned") return "permission/banned";
  if (records.counts.members >= context.limits.members) return "conversation/full";
  return put(scene, command, {
    ...person,
    type: "participant",
    conversationId: command.conversationId,
    rev: 0,
    status: person.mutedUntil === undefined ? "active" : "muted",
    joinedAt: context.at,
  });
}

export function leave(scene: Scene, command: LeaveConversation): Verdict {
  const { self } = scene;
  return self && isIn(self) ? exit(scene, command, self, "left") : "participant/not-found";
}

export function setNotify(scene: Scene, command: SetNotify): Verdict {
  const { self } = scene;
  if (!self) return "participant/not-found";
  const { notify } = command;
  return self.notify === notify ? nothing : put(scene, command, { ...self, notify });
}

/** Only on people of a lower rank; but whoever has roles to give may step down. */
export function administer(scene: Scene, command: Administration): Verdict {
  const { records, context } = scene;
  const target = records.participant(command.userId);
  if (!target) return "participant/not-found";
  const isSteppingDown = command.type === "participant.role" && target.userId === context.actorId;
  if (!isSteppingDown && !outranks(scene.role, standing(target))) return "permission/denied";
  const isBanned = target.status === "banned";
  if (command.type === "participant.ban") return isBanned ? nothing : exit(scene, command, target, "banned");
  if (command.type === "participant.unban") {
    return isBanned ? put(scene, command, { ...target, status: "removed" }) : nothing;
  }
  if (!isIn(target)) return command.type === "participant.remove" ? nothing : "participant/not-found";
  const { mutedUntil, ...unmuted } = target;
  const isMuted = target.status === "muted";
  switch (command.type) {
    case "participant.remove":
      return exit(scene, command, target, "removed");
    case "participant.unmute":
      return isMuted ? put(scene, command, { ...unmuted, status: "active" }) : nothing;
    case "participant.mute": {
      const { until } = command;
      if (isMuted && mutedUntil === until) return nothing;
      const end = until !== undefined && { mutedUntil: until };
      return put(scene, command, { ...unmuted, ...end, status: "muted" });
    }
    case "participant.role":
      return setRole(scene, command, target);
    case "participant.permissions":
      return setPermissions(scene, command, target);
  }
}

function setRole(scene: Scene, command: SetRole, target: ParticipantRecord): Verdict {
  const { role } = command;
  if (role === target.role) return nothing;
  if (!mayGrant(scene.role, role)) return "permission/denied";
  return isLastOwner(scene, target) ? "participant/last-owner" : put(scene, command, { ...target, role });
}

/** `true` lifts what narrowed; the record then says nothing, which means what the role says. */
function setPermissions(scene: Scene, command: SetPermissions, target: ParticipantRecord): Verdict {
  const { canSend = true, canUpload = true, ...plain } = target;
  const maySend = command.canSend ?? canSend;
  const mayUpload = command.canUpload ?? canUpload;
  if (maySend === canSend && mayUpload === canUpload) return nothing;
  const narrowed = { ...(!maySend && { canSend: false }), ...(!mayUpload && { canUpload: false }) };
  return put(scene, command, { ...plain, ...narrowed });
}

function exit(
  scene: Scene,
  command: RemoveParticipant | LeaveConversation,
  target: ParticipantRecord,
  status: ParticipantStatus,
): Verdict {
  if (isLastOwner(scene, target)) return "participant/last-owner";
  const mute = target.status === "muted" && { mutedUntil: target.mutedUntil ?? FOR_GOOD };
  return put(scene, command, { ...target, ...mute, status });
}

/** Also of a deleted conversation: it may be brought back. */
function isLastOwner({ records }: Scene, target: ParticipantRecord): boolean {
  return standing(target) === "owner" && records.counts.owners <= 1;
}
