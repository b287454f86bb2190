import type { MarkReceipt } from "../protocol/commands.ts";
import { nothing, type Scene } from "./outcome.ts";
import type { Accepted } from "./types.ts";

/** Moves the actor's watermarks up, never beyond the newest message: `readSeq` ≤ `deliveredSeq` ≤ `head.seq`. */
export function mark({ records, context }: Scene, command: MarkReceipt): Accepted {
  const { actorId: userId, at } = context;
  const newest = records.head.seq;
  const { deliveredSeq: wasDelivered = 0, readSeq: wasRead = 0 } = records.receipt(userId) ?? {};
  const readSeq = Math.max(wasRead, Math.min(command.readSeq ?? 0, newest));
  const deliveredSeq = Math.max(wasDelivered, Math.min(command.deliveredSeq ?? 0, newest), readSeq);
  if (readSeq === wasRead && deliveredSeq === wasDelivered) return nothing;
  const { conversationId } = command;
  return { ok: true, changes: [], receipt: { conversationId, userId, deliveredSeq, readSeq, at } };
}
