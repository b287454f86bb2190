import type { Submission } from "../store/store.ts";

/** Who may come in or go out by it. */
export function concerned({ command, context: { actorId } }: Submission): readonly string[] {
  if ("userId" in command) return [actorId, command.userId];
  if (command.type !== "conversation.create") return [actorId];
  return [actorId, ...(command.participants ?? []).map(({ userId }) => userId)];
}
