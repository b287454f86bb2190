import { claimed, sendingOf } from "@tidings/core/domain";
import { type Command, type NoteRecord, type NoteValue, ownerOf } from "@tidings/core/protocol";
import type { Outcome } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Commits } from "./commits.ts";
import { isRetryable } from "./packets.ts";

/**
 * Told of each reminder whose time has come: at most once, on the node that claimed it. `createServer` listens to none: its
 * clients learn of a reminder by the note, and nobody is pushed.
 */
export type OnReminder = (userId: string, reminder: NoteRecord) => void;

export interface PlansOptions {
  readonly commits: Commits;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onReminder: OnReminder;
}

/**
 * Does what a note plans. In three commits, each of which may be made again: claim it, unless it was changed meanwhile;
 * send the message, under the id it has had since it was planned; let the note go, or write down why not. So however
 * often, and on however many nodes, this runs, and wherever it ends in the middle, the message is sent once (D2); if it is
 * refused, it may be planned again under that id.
 *
 * @throws {Error} if the store fails; call it again.
 */
export async function carryOut(
  note: NoteRecord,
  { commits, clock, newId, onReminder }: PlansOptions,
): Promise<void> {
  const { conversationId, subject } = note;
  const userId = ownerOf(conversationId);
  if (userId === undefined) return;
  const put = async (value?: NoteValue): Promise<Outcome> => {
    const common = { commandId: newId(), conversationId, at: clock.now(), subject };
    const command: Command = value
      ? { ...common, type: "note.set", value }
      : { ...common, type: "note.clear" };
    return answered(await commits.act(userId, command));
  };
  const value = claimed(note.value ?? {}, clock.now());
  const claim = await put(value);
  if (!claim.ok) return;
  if (subject.kind === "reminder") onReminder(userId, note);
  const send = sendingOf(note);
  if (!send) return;
  const outcome = answered(await commits.request({ userId, isPlanned: true }, send));
  await (outcome.ok ? put() : put({ ...value, code: outcome.code }));
}

/** What another time would answer otherwise is no answer; but a plan that meets a rate was one too many. */
function answered(outcome: Outcome): Outcome {
  if (outcome.ok || outcome.code === "rate/limited" || !isRetryable(outcome)) return outcome;
  throw new Error(outcome.message);
}
