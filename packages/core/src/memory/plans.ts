import type { Cancel, Clock } from "../base/clock.ts";
import { claimed, sendingOf, unsentCode } from "../domain/plan.ts";
import type { Change } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import { dueOf, noteIdOf, type NoteRecord, type NoteValue, ownerOf } from "../protocol/notes.ts";
import type { Outcome } from "./outcome.ts";

export interface PlansOptions {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly act: (userId: string, command: Command, system: boolean) => Outcome;
}

/** Does at its time what people planned. A timer for each, as nothing here outlives the process. */
export function createPlans({ clock, newId, act }: PlansOptions): (changes: readonly Change[]) => void {
  const timers = new Map<string, Cancel>();

  const put = ({ conversationId, subject }: NoteRecord, userId: string, value?: NoteValue): Outcome => {
    const common = { commandId: newId(), conversationId, at: Math.floor(clock.now()), subject };
    return act(
      userId,
      value ? { ...common, type: "note.set", value } : { ...common, type: "note.clear" },
      true,
    );
  };

  const carryOut = (note: NoteRecord, userId: string): void => {
    const value = claimed(note.value ?? {}, Math.floor(clock.now()));
    const send = sendingOf(note);
    if (!put(note, userId, value).ok || !send) return;
    const code = unsentCode(note, send, act(userId, send, false));
    put(note, userId, code === undefined ? undefined : { ...value, code });
  };

  /** No timer waits for months: then it waits again. */
  const arm = (id: string, note: NoteRecord, userId: string, dueAt: number): void => {
    const ring = (): void => {
      if (clock.now() < dueAt) return arm(id, note, userId, dueAt);
      timers.delete(id);
      carryOut(note, userId);
    };
    timers.set(id, clock.after(Math.max(0, dueAt - clock.now()), ring));
  };

  return (changes) => {
    for (const { record } of changes) {
      const userId = record.type === "note" ? ownerOf(record.conversationId) : undefined;
      if (record.type !== "note" || userId === undefined || record.value?.firedAt !== undefined) continue;
      const id = record.conversationId + noteIdOf(record.subject);
      timers.get(id)?.();
      const dueAt = dueOf(record);
      if (dueAt === undefined) timers.delete(id);
      else arm(id, record, userId, dueAt);
    }
  };
}
