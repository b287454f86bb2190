import { type Approach, broughtIn, reachesOther } from "../domain/contact.ts";
import { noteIdOf, notebookOf } from "../protocol/notes.ts";
import type { Archive } from "./archive.ts";
import type { Refused } from "./outcome.ts";

const unreachable: Refused = {
  ok: false,
  code: "participant/unreachable",
  message: "unable to reach the person; no contact is possible",
};

/** Does `userId` want no contact with the other? */
export function hasBlocked(archive: Archive, userId: string, otherId: string): boolean {
  const conversationId = notebookOf(userId);
  const id = noteIdOf({ kind: "block", conversationId, userId: otherId });
  return archive.store(conversationId).note(id)?.value !== undefined;
}

/** Has one of the two blocked the other? */
export function areApart(archive: Archive, oneId: string, otherId: string): boolean {
  return hasBlocked(archive, oneId, otherId) || hasBlocked(archive, otherId, oneId);
}

/** Why a command, or a file, reaches nobody: the same whoever has blocked whom. */
export function obstacle(archive: Archive, actorId: string, approach: Approach): Refused | undefined {
  const isApart = (id: string): boolean => areApart(archive, actorId, id);
  if (broughtIn(approach).some(isApart)) return unreachable;
  if (approach.type === "conversation.create" || !reachesOther(approach)) return undefined;
  const store = archive.store(approach.conversationId);
  if (store.conversation?.kind !== "direct") return undefined;
  const people = [...store.participants()].map(({ userId }) => userId);
  return people.includes(actorId) && people.some(isApart) ? unreachable : undefined;
}
