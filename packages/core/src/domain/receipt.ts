import type { MarkReceipt } from "../protocol/commands.ts";
import { nothing, type Scene } from "./outcome.ts";
import type { Accepted } from "./types.ts";
import { highest, isAbove, nowhere } from "./watermark.ts";

/** Moves the actor's watermarks up, never beyond the newest message: `readSeq` ≤ `deliveredSeq` ≤ `head.seq`. */
export function mark({ records, context }: Scene, command: MarkReceipt): Accepted {
  const { actorId: userId, at } = context;
  const { conversationId, deliveredSeq = 0, readSeq = 0 } = command;
  const { seq: newest } = records.head;
  const was = records.receipt(userId) ?? nowhere;
  const wanted = { deliveredSeq: Math.min(deliveredSeq, newest), readSeq: Math.min(readSeq, newest) };
  if (!isAbove(wanted, was)) return nothing;
  return { ok: true, changes: [], receipt: { conversationId, userId, ...highest(was, wanted), at } };
}
