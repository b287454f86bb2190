import type { ClearNote, SetNote } from "../protocol/commands.ts";
import { notebookOf, noteIdOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import type { AnyRecord } from "../protocol/records.ts";
import { change, isSameJson, nothing, type Verdict } from "./outcome.ts";
import { planFault } from "./plan.ts";
import { concernFault, isForModerators, isSoundConcern } from "./report.ts";
import { isIn } from "./standing.ts";
import type { ApplyContext, Records } from "./types.ts";

/**
 * Keeps something for the actor alone, or lets it go. Only in their own notebook, which begins with their first note: no
 * other is found, existing or not (D8). The message or conversation it is about is not looked at: to note an id says
 * nothing of what is there.
 */
export function note(records: Records, command: SetNote | ClearNote, context: ApplyContext): Verdict {
  const { conversationId, subject } = command;
  const { actorId, at, limits } = context;
  const isAnswer = context.system && subject.kind === "appeal";
  if (!limits.notes && !isAnswer) return "command/unsupported";
  // Asked in any case, as for all commands, or the time it takes would tell who has a notebook.
  const self = records.participant(actorId);
  if (conversationId !== notebookOf(actorId) || (records.conversation && !isIn(self)))
    return "conversation/not-found";
  if (!isSound(subject, context)) return "command/malformed";
  const before = records.note(noteIdOf(subject))?.value;
  const value = command.type === "note.set" ? command.value : undefined;
  const fault = planFault(command, before, context) ?? concernFault(command, before, context);
  if (fault) return fault;
  if (isSameJson(before, value) || isBehind(value, before) || isAnswered(subject, value, before, context))
    return nothing;
  if (value && !before && records.counts.pins >= (limits.notes ?? 0)) return "note/limit";
  const isSaid = value?.text !== undefined && value.text !== before?.text;
  if (isSaid && value.text.length > limits.textLength) return "draft/too-long";
  const made = records.conversation ? [] : notebook(conversationId, context);
  made.push({ type: "note", conversationId, rev: 0, subject, at, ...(value && { value }) });
  const { rev } = records.head;
  return {
    ok: true,
    changes: made.map((record, index) => change(command, context, { ...record, rev: rev + 1 + index })),
  };
}

/** A person is the subject of a block or a report, and of nothing else; nobody blocks or reports themselves. */
function isSound(subject: NoteSubject, context: ApplyContext): boolean {
  if (isForModerators(subject)) return isSoundConcern(subject, context);
  const { kind, conversationId, messageId, userId } = subject;
  const { actorId } = context;
  if (kind !== "block") return userId === undefined;
  const isOfPerson = userId !== undefined && messageId === undefined;
  return isOfPerson && userId !== actorId && conversationId === notebookOf(actorId);
}

/** An appeal that is there is not made again; and what nobody asked, as they were erased meanwhile, is not answered. */
function isAnswered(
  { kind }: NoteSubject,
  value: NoteValue | undefined,
  before: NoteValue | undefined,
  { system }: ApplyContext,
): boolean {
  return kind === "appeal" && value !== undefined && Boolean(before) !== Boolean(system);
}

/** A watermark rises only. */
function isBehind(value: NoteValue | undefined, before: NoteValue | undefined): boolean {
  return value?.seq !== undefined && value.seq <= (before?.seq ?? -1);
}

function notebook(conversationId: string, { actorId: userId, at }: ApplyContext): AnyRecord[] {
  const settings = { typing: false, receipts: false };
  const common = { conversationId, rev: 0, status: "active" } as const;
  return [
    { type: "conversation", ...common, kind: "notebook", settings, createdBy: userId, createdAt: at },
    { type: "participant", ...common, userId, role: "member", joinedAt: at },
  ];
}
