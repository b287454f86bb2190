import type { Command, CommandType } from "../protocol/commands.ts";
import type { FileUploadQuery } from "../protocol/files.ts";

/** What may be for somebody else: a file is put where it is for what will be said there. */
export type Approach = Command | FileUploadQuery;

/** What nobody else sees or loses by, and what takes back one's own. */
const harmless: ReadonlySet<Approach["type"]> = new Set<CommandType>([
  "receipt.mark",
  "participant.notify",
  "note.set",
  "note.clear",
  "message.delete",
  "message.unreact",
]);

/**
 * Would the other of a direct conversation see it, or lose something by it? While a block stands between the two neither
 * of them does. The reason of a deletion is shown, so that it says something.
 */
export function reachesOther(approach: Approach): boolean {
  const isSaid = approach.type === "message.delete" && approach.reason !== undefined;
  return isSaid || !harmless.has(approach.type);
}

/** Whom a command brings into a conversation: nobody whom a block parts from who gives it. */
export function broughtIn(approach: Approach): readonly string[] {
  if (approach.type === "participant.add") return [approach.userId];
  if (approach.type !== "conversation.create") return [];
  return (approach.participants ?? []).map(({ userId }) => userId);
}
