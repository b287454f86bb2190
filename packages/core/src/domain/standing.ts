import type { ParticipantRecord, Role } from "../protocol/records.ts";

/** Is this person in the conversation now? Records stay when people leave. */
export function isIn(participant: ParticipantRecord | undefined): boolean {
  return participant?.status === "active" || participant?.status === "muted";
}

/** May this person write nothing at `at` (server time, ms)? A mute ends by itself. */
export function isMutedAt(participant: ParticipantRecord, at: number): boolean {
  return participant.status === "muted" && (participant.mutedUntil ?? Infinity) > at;
}

/** The role that counts: someone who is not in has no more to say than a member, whatever they were. */
export function standing(participant: ParticipantRecord | undefined): Role {
  return participant && isIn(participant) ? participant.role : "member";
}
