import type { DeliveryStatus } from "../delivery/machine.ts";
import { apply } from "../domain/apply.ts";
import { messageOf } from "../domain/message.ts";
import type { Accepted, Applied, ApplyContext, Records } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Command, SendMessage } from "../protocol/commands.ts";
import { type Slot, slotOf } from "./slot.ts";

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
  const isActive = hasEffect(pending);
  if (command.type === "message.send") {
    if (slot || status === "cancelled" || !hasContent(command)) return slot;
    // Asking nobody: what somebody wrote stays in sight until they take it back or the backend has answered.
    return slotOf(messageOf(command, context, 0), 0, { pending: isActive, status, error, reacted: none });
  }
  if (!slot || status === "cancelled") return slot;
  const { message, weight, overlay = { pending: false, error, reacted: none } } = slot;
  if (!isActive) return slotOf(message, weight, { ...overlay, error });
  const applied = applyQuietly(records, command, context);
  const { changes, reactions = [] } = applied.ok ? applied : nothing;
  const record = changes[0]?.record;
  const reacted = new Map(overlay.reacted);
  for (const { emoji, present } of reactions) reacted.set(emoji, present);
  const changed = record?.type === "message" ? record : message;
  return slotOf(changed, weight, { ...overlay, pending: true, reacted });
}

/** Without, it is damaged (see `applyQuietly`), and nobody could render it (D10). */
function hasContent({ content }: SendMessage): boolean {
  const { text, sealed }: Readonly<Record<string, unknown>> = Object(content);
  return typeof (text ?? sealed) === "string";
}

const none: ReadonlyMap<string, boolean> = new Map();
const nothing: Accepted = { ok: true, changes: [] };
