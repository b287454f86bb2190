import { isForModerators } from "@tidings/core/domain";
import type { Command } from "@tidings/core/protocol";

/** As what it is counted; undefined for what the server does by itself, and for all that is not counted. */
export function ratedAs({
  rateFactor,
  command,
}: {
  readonly rateFactor: number | undefined;
  readonly command: Command;
}): "message" | "concern" | undefined {
  if (rateFactor === undefined) return undefined;
  if (command.type === "message.send") return "message";
  return command.type === "note.set" && isForModerators(command.subject) ? "concern" : undefined;
}
