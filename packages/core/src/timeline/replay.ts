import type { DeliveryStatus } from "../delivery/machine.ts";
import { apply } from "../domain/apply.ts";
import type { Applied, ApplyContext, Records } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Command, SendMessage } from "../protocol/commands.ts";
import { blankRecords } from "./presumed.ts";
import type { Slot, SlotOverlay } from "./slot.ts";

/** A command that has no answer yet. */
export interface Pending {
  readonly command: Command;
  /** Its place among all that were ever pending here. */
  readonly order: number;
  /** When it was given, in server time as far as the client could tell, ms. */
  readonly at: number;
  readonly status: DeliveryStatus;
  readonly error: MessagingError | undefined;
}

/** A command that failed or was cancelled has no effect (D6). */
export function hasEffect({ status }: Pending): boolean {
  return status !== "failed" && status !== "cancelled";
}

/**
 * `apply`, for commands that an earlier life left on storage. They may be of another version, or damaged, and what
 * `apply` cannot read must not end the link it is submitted on, again and again; the backend will refuse it (D7).
 */
export function applyQuietly(records: Records, command: Command, context: ApplyContext): Applied {
  try {
    return apply(records, command, context);
  } catch {
    return { ok: false, code: "command/malformed", message: "unable to show the command; it cannot be read" };
  }
}

/**
 * The message after one more pending command on it; `slot` itself where that changes nothing.
 *
 * @param records - everything else as shown, and the message as in `slot`.
 */
export function replayOn(
  slot: Slot | undefined,
  pending: Pending,
  records: Records,
  context: ApplyContext,
): Slot | undefined {
  const { command, status, error } = pending;
  if (status === "cancelled") return slot;
  if (command.type === "message.send") return slot ?? sending(command, pending, context);
  if (!slot) return slot;
  if (!hasEffect(pending)) return overlaid(slot, { error });
  const applied = applyQuietly(records, command, context);
  if (!applied.ok) return overlaid(slot, { isPending: true });
  const record = applied.changes[0]?.record;
  const { reaction } = applied;
  const message = record?.type === "message" ? record : slot.message;
  const reacted = new Map(slot.overlay?.reacted);
  if (reaction) reacted.set(reaction.emoji, reaction.present);
  return overlaid({ ...slot, message }, { isPending: true, reacted });
}

/**
 * What somebody wrote stays in sight until they take it back or the backend has it, so nothing may refuse it here; what
 * it answers, and whether they may, is for the backend to know.
 */
function sending(command: SendMessage, pending: Pending, context: ApplyContext): Slot | undefined {
  const { replyTo, threadId, ...alone } = command;
  const limits = { ...context.limits, textLength: Infinity };
  const applied = applyQuietly(blankRecords, alone, { ...context, limits, system: true });
  const record = applied.ok ? applied.changes[0]?.record : undefined;
  if (record?.type !== "message") return undefined;
  const message = { ...record, ...(replyTo && { replyTo }), ...(threadId && { threadId }) };
  const { status, error } = pending;
  const slot = { message, overlay: undefined, item: undefined };
  return overlaid(slot, { status, error, isPending: hasEffect(pending) });
}

function overlaid({ message, overlay = none }: Slot, more: Partial<SlotOverlay>): Slot {
  return { message, overlay: { ...overlay, ...more }, item: undefined };
}

const none: SlotOverlay = { isPending: false, status: undefined, error: undefined, reacted: new Map() };
