import type { CommandType } from "../protocol/commands.ts";
import type { Limits } from "../protocol/policy.ts";
import type { ParticipantRecord, Role } from "../protocol/records.ts";

/** A role, or the server itself acting, above everybody. */
export type Authority = Role | "system";

/** What a role is asked for: each command but the one that begins a conversation and those of one's own notebook, and what some need beyond. */
export type Action =
  | Exclude<CommandType, "conversation.create" | "conversation.prune" | "note.set" | "note.clear">
  /** Deletes the conversation, or brings it back. */
  | "conversation.delete"
  /** Says how long messages are kept. */
  | "conversation.retain"
  /** Sends, or edits, a message of kind `announcement`. */
  | "message.announce"
  /** Deletes what someone else wrote, or closes their poll. Nobody may in a direct conversation. */
  | "message.delete-any"
  /** Writes while the conversation is muted. */
  | "message.write-muted";

/**
 * The permission table: the least role that may. Every higher role may too, so a role never loses a right by rising.
 *
 * Beyond the table, everywhere: one acts on people of a lower rank only (`outranks`), grants only what `mayGrant`
 * allows, edits only one's own messages.
 */
export const leastRole: { readonly [Name in Action]: Role } = {
  "message.send": "member",
  "message.edit": "member",
  "message.delete": "member",
  "message.react": "member",
  "message.unreact": "member",
  "message.pin": "moderator",
  "message.unpin": "moderator",
  "poll.vote": "member",
  "poll.close": "member",
  "message.announce": "moderator",
  "message.delete-any": "moderator",
  "message.write-muted": "moderator",
  "receipt.mark": "member",
  "conversation.update": "admin",
  "conversation.status": "admin",
  "conversation.delete": "owner",
  "conversation.retain": "owner",
  "participant.join": "member",
  "participant.leave": "member",
  "participant.notify": "member",
  "participant.add": "moderator",
  "participant.remove": "moderator",
  "participant.ban": "moderator",
  "participant.unban": "moderator",
  "participant.mute": "moderator",
  "participant.unmute": "moderator",
  "participant.permissions": "moderator",
  "participant.role": "admin",
};

const rank: { readonly [Name in Authority]: number } = {
  member: 0,
  moderator: 1,
  admin: 2,
  owner: 3,
  system: 4,
};

/** Says the table yes? For what an app shows as possible; `apply` decides. */
export function may(role: Authority, action: Action): boolean {
  return rank[role] >= rank[leastRole[action]];
}

/** May this person put files here: by their role, and unless a moderator has taken that away from them? */
export function mayUpload(
  { role, canUpload }: Pick<ParticipantRecord, "role" | "canUpload">,
  { files }: Limits,
): boolean {
  return canUpload !== false && rank[role] >= rank[files?.leastRole ?? "member"];
}

/** Strictly: nobody acts on their equals, so two owners cannot throw each other out. */
export function outranks(role: Authority, other: Role): boolean {
  return rank[role] > rank[other];
}

/** A role below one's own; an owner may also make further owners, or a conversation could never be handed on. */
export function mayGrant(role: Authority, granted: Role): boolean {
  return role === "owner" || outranks(role, granted);
}
