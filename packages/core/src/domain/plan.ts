import type { ErrorCode } from "../errors/codes.ts";
import type { Ack } from "../protocol/changes.ts";
import type { ClearNote, Command, SendMessage, SetNote } from "../protocol/commands.ts";
import { dueOf, type NoteKind, type NoteRecord, type NoteValue } from "../protocol/notes.ts";
import { filesIn, withKnownFiles } from "./attachments.ts";
import { contentFault } from "./content.ts";
import { isSameJson } from "./outcome.ts";
import type { ApplyContext, Records } from "./types.ts";

/**
 * Notes with a time: the backend does at `dueAt` what they say, as their owner would have then.
 *
 *   planned ──claimed──▶ under way ──sent──▶ (let go)
 *      ▲                     └──refused──▶ refused, with its code
 *      └──────── planned again ────────────────┘
 *
 * Its owner may change or cancel what is planned or refused, not what is under way. So of a cancel and the sending
 * the first one counts, on whichever node it was. A reminder is done once it is claimed, or, where the backend tells
 * devices of it, once it has told them; whoever claims it to do so holds it for a while, and then another may.
 */
const plans: ReadonlySet<NoteKind> = new Set(["scheduled", "reminder"]);

/** Why this may not be planned, or not be changed any more; undefined if it may. */
export function planFault(
  { subject, ...command }: SetNote | ClearNote,
  before: NoteValue | undefined,
  context: ApplyContext,
): ErrorCode | undefined {
  if (!plans.has(subject.kind)) return undefined;
  const { limits, at, system } = context;
  if (limits.planAheadMs === undefined) return "command/unsupported";
  if (system) {
    const { value } = command.type === "note.set" ? command : {};
    const due = dueOf({ subject, ...(before && { value: before }) });
    // Of two that found it due, one claims a reminder; and what was refused meanwhile nobody claims.
    const isDone = value?.code === undefined && due === undefined;
    const isHeld = before?.tellingAt !== undefined && (value?.tellingAt ?? Infinity) < (due ?? 0);
    return value && (isDone || isHeld || !isPlanOf(value, before)) ? "note/due" : undefined;
  }
  if (subject.kind === "scheduled" && before?.firedAt !== undefined && before.code === undefined)
    return "note/due";
  if (command.type === "note.clear") return undefined;
  const { dueAt, message, firedAt, tellingAt, code } = command.value;
  const isScheduled = subject.kind === "scheduled";
  const isWhole = dueAt !== undefined && subject.messageId !== undefined && isScheduled === Boolean(message);
  if (!isWhole || (firedAt ?? tellingAt ?? code) !== undefined) return "command/malformed";
  if (dueAt > at + limits.planAheadMs) return "note/too-far";
  return message && contentFault(message.kind, message.content, limits);
}

/** Only the very plan that was found due is done: it may have been changed meanwhile. */
function isPlanOf(value: NoteValue, before: NoteValue | undefined): boolean {
  const said = ({ dueAt, text, message }: NoteValue): unknown => [dueAt, text, message];
  return before !== undefined && isSameJson(said(value), said(before));
}

/**
 * The value of a note whose time has come. One under way stays so: whoever was at it may have gone.
 *
 * @param isToBeTold - whoever claims it tells devices of it now; without, nobody tells any, or has to any more.
 */
export function claimed(value: NoteValue, at: number, isToBeTold = false): NoteValue {
  const { tellingAt: _before, ...said } = value;
  return { ...said, firedAt: said.firedAt ?? at, ...(isToBeTold && { tellingAt: at }) };
}

/** What sends a planned message; the same command each time it is asked for (D2). */
export function sendingOf({ subject, value }: NoteRecord): SendMessage | undefined {
  const { conversationId, messageId } = subject;
  const { message, dueAt } = value ?? {};
  if (!message || messageId === undefined || dueAt === undefined) return undefined;
  return { type: "message.send", commandId: messageId, conversationId, at: dueAt, ...message };
}

/** What became of the sending of a plan. `isKnown`: it was answered before. */
type SendOutcome =
  | { readonly ok: true; readonly ack: Ack; readonly isKnown?: boolean }
  | { readonly ok: false; readonly code: string };

/**
 * Why a planned message was not sent; undefined if it was. Something else may have been under its id before: what it said
 * until it was changed, too late.
 *
 * @param note - as it was found due: one that was under way already has been sent by whoever was at it.
 */
export function unsentCode(
  { value, at: plannedAt }: NoteRecord,
  { commandId, at }: SendMessage,
  outcome: SendOutcome,
): string | undefined {
  if (!outcome.ok) return outcome.code === "command/id-taken" ? "note/due" : outcome.code;
  if (outcome.isKnown === false) return undefined;
  const isOther = outcome.ack.changes.some(
    ({ record }) =>
      record.type === "message" &&
      record.id === commandId &&
      (record.sentAt !== at || (value?.firedAt === undefined && record.createdAt < plannedAt)),
  );
  return isOther ? "note/due" : undefined;
}

/** Files that a planned message will show, previews too. What is forwarded shows those that are shown already. */
export function filesPlanned({ subject, value }: Pick<NoteRecord, "subject" | "value">): readonly string[] {
  const { message } = (subject.kind === "scheduled" && value) || {};
  return message && !message.forward ? filesIn(message.content) : [];
}

/**
 * A plan as a backend takes it: with its files as the backend knows them, by the rules of whoever would send it now; or
 * why it may not show them. What is planned holds its files, so those it had before are found again.
 */
export function withPlannedFiles(
  recordsOf: (conversationId: string) => Records,
  command: Command,
  context: ApplyContext,
): Command | ErrorCode {
  if (command.type !== "note.set" || context.system || filesPlanned(command).length === 0) return command;
  const { subject, value } = command;
  if (!value.message) return command;
  const records = recordsOf(subject.conversationId);
  const content = withKnownFiles({ records, context }, value.message.content);
  if (typeof content === "string") return content;
  return { ...command, value: { ...value, message: { ...value.message, content } } };
}
