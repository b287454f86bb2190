import type { Emitter } from "../base/emitter.ts";
import type { Change } from "../protocol/changes.ts";
import type { ClientEvents } from "./events.ts";

/** Tells the application what a change means, by the names of `ClientEvents`. */
export function announceChange(events: Emitter<ClientEvents>, change: Change, isOwn: boolean): void {
  const { record, kind, conversationId, actorId, emoji } = change;
  events.emit("change", change);
  if (record.type === "conversation") return events.emit("conversation", record);
  if (record.type === "participant") return events.emit("participant", record);
  if (kind === "message.send" && !isOwn) return events.emit("message", record);
  if (emoji === undefined) return;
  const reaction = { conversationId, message: record, userId: actorId, emoji };
  if (kind === "message.react") events.emit("reaction.added", reaction);
  if (kind === "message.unreact") events.emit("reaction.removed", reaction);
}
