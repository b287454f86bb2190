import type { Emitter } from "../base/emitter.ts";
import type { Reading } from "../compose/custom.ts";
import type { Change } from "../protocol/changes.ts";
import type { ClientEvents } from "./events.ts";

/** Tells the application what a change means, by the names of `ClientEvents`. */
export function announceChange(
  events: Emitter<ClientEvents>,
  reading: Reading,
  change: Change,
  isOwn: boolean,
): void {
  const { record, kind, conversationId, actorId, emoji } = change;
  events.emit("change", change);
  if (record.type === "conversation") return events.emit("conversation", reading.conversation(record));
  if (record.type === "participant") return events.emit("participant", record);
  if (record.type === "note") return;
  const message = reading.message(record);
  if (kind === "message.send" && !isOwn) return events.emit("message", message);
  if (emoji === undefined) return;
  const reaction = { conversationId, message, userId: actorId, emoji };
  if (kind === "message.react") events.emit("reaction.added", reaction);
  if (kind === "message.unreact") events.emit("reaction.removed", reaction);
}
