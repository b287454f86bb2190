import { claimed, sendingOf, unsentCode } from "@tidings/core/domain";
import { type Command, type NoteRecord, type NoteValue, ownerOf } from "@tidings/core/protocol";
import type { Erasures } from "../store/erasures.ts";
import type { Outcome } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Commits } from "./commits.ts";
import { isOutlived } from "./outlived.ts";
import { isRetryable, refuse } from "./packets.ts";

/**
 * Told of each reminder whose time has come: at most once, on the node that claimed it. Its owner's clients learn of it by
 * the note.
 */
export type OnReminder = (userId: string, reminder: NoteRecord) => void;

/**
 * Tells somebody's devices that a reminder is due. It is asked again, on whichever node, until it has said that nobody
 * need be told any more; so what it does a second time must be what it did the first time.
 *
 * @returns whether that is so.
 */
export type Remind = (userId: string, reminder: NoteRecord) => Promise<boolean>;

export interface PlansOptions {
  readonly commits: Commits;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onReminder: OnReminder;
  readonly erasures: Erasures | undefined;
  /** Instead of `onReminder`. */
  readonly remind?: Remind | undefined;
  /** Told of what went wrong while devices were told. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Does what a note plans. In three commits, each of which may be made again: claim it, unless it was changed meanwhile;
 * send the message, under the id it has had since it was planned; let the note go, or write down why not. So however
 * often, and on however many nodes, this runs, and wherever it ends in the middle, the message is sent once (D2); if it is
 * refused, it may be planned again under that id. Of a reminder devices are told meanwhile, and nothing else waits for
 * that: until they were, the claim holds for some minutes only.
 *
 * @throws {Error} if the store fails; call it again.
 */
export async function carryOut(
  note: NoteRecord,
  { commits, clock, newId, onReminder, remind, erasures, onFailure }: PlansOptions,
): Promise<void> {
  const { conversationId, subject } = note;
  const userId = ownerOf(conversationId);
  if (userId === undefined) return;
  const isGone = async (): Promise<boolean> => isOutlived(note.at, await erasures?.of(userId));
  const put = async (value?: NoteValue): Promise<Outcome> => {
    if (await isGone()) return nobody;
    const common = { commandId: newId(), conversationId, at: clock.now(), subject };
    const command: Command = value
      ? { ...common, type: "note.set", value }
      : { ...common, type: "note.clear" };
    return answered(await commits.act(userId, command));
  };
  const isReminder = subject.kind === "reminder";
  const value = claimed(note.value ?? {}, clock.now(), isReminder && remind !== undefined);
  const claim = await put(value);
  if (!claim.ok) return;
  if (isReminder) {
    if (!remind) return onReminder(userId, note);
    const tell = async (): Promise<unknown> =>
      (await remind(userId, note)) && put(claimed(value, clock.now()));
    return void tell().catch(onFailure);
  }
  const send = sendingOf(note);
  if (!send || (await isGone())) return;
  const outcome = answered(await commits.request({ userId, plannedAt: note.at }, send));
  const code = unsentCode(note, send, outcome);
  await put(code === undefined ? undefined : { ...value, code });
}

/** The answer where whoever planned it was erased: their notes must not come back by what is noted of them. */
const nobody: Outcome = refuse("auth/invalid", "unable to note it; whose note it was, was erased");

/** What another time would answer otherwise is no answer; but a plan that meets a rate was one too many. */
function answered(outcome: Outcome): Outcome {
  if (outcome.ok || outcome.code === "rate/limited" || !isRetryable(outcome)) return outcome;
  throw new Error(outcome.message);
}
