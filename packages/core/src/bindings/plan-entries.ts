import { filesPlanned } from "../domain/plan.ts";
import type { Outbox } from "../outbox/types.ts";
import type { Command } from "../protocol/commands.ts";
import { noteIdOf, type NoteRecord, type NoteSubject } from "../protocol/notes.ts";

/** What the outbox has of plans, beside what the notebook shows of them. */
export interface PlanEntries {
  /** Plans that were refused and are in no notebook, as notes: what somebody wrote stays in sight, with the reason (D6). */
  failedBeside(notes: readonly NoteRecord[]): readonly NoteRecord[];
  /** Calls off what was said of a plan before the command `latest`, where it was refused or still waits for files. */
  callOff(subject: NoteSubject, latest: string): void;
}

type AboutNote = Extract<Command, { readonly type: "note.set" | "note.clear" }>;

export function isAboutPlan(command: Command): command is AboutNote {
  return "subject" in command && command.subject.kind === "scheduled";
}

export function createPlanEntries(outbox: Pick<Outbox, "all" | "cancel">): PlanEntries {
  /** The same note for as long as its command is refused for the same reason. */
  const made = new WeakMap<Command, NoteRecord>();
  return {
    failedBeside(notes) {
      const noted = new Set(notes.map(({ subject }) => noteIdOf(subject)));
      const failed = new Map<string, NoteRecord>();
      for (const { command, status, error } of outbox.all()) {
        if (status !== "failed" || command.type !== "note.set" || !isAboutPlan(command)) continue;
        const { conversationId, subject, at } = command;
        if (noted.has(noteIdOf(subject))) continue;
        const value = { ...command.value, code: error?.code ?? "client/unknown" };
        const known = made.get(command);
        const isSame = known?.value?.code === value.code;
        const note: NoteRecord = isSame
          ? known
          : { type: "note", conversationId, rev: 0, subject, value, at };
        made.set(command, note);
        failed.set(noteIdOf(subject), note);
      }
      return [...failed.values()];
    },
    callOff(subject, latest) {
      for (const { command, status } of outbox.all()) {
        if (!isAboutPlan(command) || noteIdOf(command.subject) !== noteIdOf(subject)) continue;
        if (command.commandId === latest) return; // what was said since is not for us to judge
        const isWaiting =
          status === "queued" && command.type === "note.set" && filesPlanned(command).length > 0;
        if (isWaiting || status === "failed") outbox.cancel(command.commandId);
      }
    },
  };
}
