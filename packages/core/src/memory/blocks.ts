import type { Command } from "../protocol/commands.ts";
import { noteIdOf, notebookOf } from "../protocol/notes.ts";
import type { Archive } from "./archive.ts";
import type { Refused } from "./outcome.ts";

/** What puts words before the other in a direct conversation. */
const reaching: ReadonlySet<Command["type"]> = new Set(["message.send", "message.edit", "message.react"]);

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

/** Why a command reaches nobody: the same whoever has blocked whom. */
export function obstacle(archive: Archive, actorId: string, command: Command): Refused | undefined {
  const people = peopleReached(archive, command);
  const isIn = command.type === "conversation.create" || people.includes(actorId);
  return isIn && people.some((id) => areApart(archive, actorId, id)) ? unreachable : undefined;
}

/** Those of a direct conversation. */
function peopleReached(archive: Archive, command: Command): readonly string[] {
  if (command.type === "conversation.create")
    return command.kind === "direct" ? (command.participants ?? []).map(({ userId }) => userId) : [];
  const store = archive.store(command.conversationId);
  if (!reaching.has(command.type) || store.conversation?.kind !== "direct") return [];
  return [...store.participants()].map(({ userId }) => userId);
}
