import type { Command, CommandType } from "../protocol/commands.ts";

/** What nobody else sees or loses by, and what takes back one's own. */
const harmless: ReadonlySet<CommandType> = new Set([
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
export function reachesOther(command: Command): boolean {
  const isSaid = command.type === "message.delete" && command.reason !== undefined;
  return isSaid || !harmless.has(command.type);
}

/** Whom a command brings into a conversation: nobody whom a block parts from who gives it. */
export function broughtIn(command: Command): readonly string[] {
  if (command.type === "participant.add") return [command.userId];
  if (command.type !== "conversation.create") return [];
  return (command.participants ?? []).map(({ userId }) => userId);
}
