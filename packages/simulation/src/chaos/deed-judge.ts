import type { MessageRecord } from "@tidings/core/protocol";
import type { History } from "../history.ts";
import { textOf } from "../texts.ts";
import type { Attempt, Chronicle } from "./chronicle.ts";
import { type NotesFace, readBy } from "./face.ts";
import type { Finding } from "./judge.ts";
import {
  describe,
  type FailureOf,
  hasHappened,
  OFF,
  ON,
  outcomesOf,
  type Strand,
  strandsOf,
} from "./strands.ts";
import type { Failed, MemberState } from "./word.ts";
import { saidFirst } from "./words.ts";

/** What the server holds at the end. */
export interface Remains extends Pick<History, "messages" | "receipts"> {
  /** By person. */
  readonly notes: ReadonlyMap<string, NotesFace>;
}

type States = ReadonlyMap<string, Pick<MemberState, "failed" | "notes" | "stored" | "read">>;
type Messages = ReadonlyMap<string, MessageRecord>;

/**
 * What was done beside speaking is, for each person and each thing, as their last word on it said: the words, the marks,
 * the votes, the pins, the notes, the plans. What was deleted stays so, whatever others did with it meanwhile. Where a
 * client was killed within a deed, it may have come to be or not. All that from what was promised and what remains.
 */
export function judgeDeeds(
  { deeds, promised }: Pick<Chronicle, "deeds" | "promised">,
  remains: Remains,
  states: States,
): readonly Finding[] {
  const messages: Messages = new Map(remains.messages.map((message) => [message.id, message]));
  const failures = new Map<string, Failed>();
  for (const { failed } of states.values()) for (const each of failed) failures.set(each.id, each);
  const failureOf: FailureOf = ({ kept }) => failures.get(kept?.id ?? "");
  const strands = strandsOf(deeds);
  return [
    ...refusals([...deeds.values()].flat(), messages, failureOf),
    ...answers(promised, messages),
    ...personal(strands, remains, messages, failureOf),
    ...shared(strands, messages, failureOf),
    ...notes(remains, states),
  ];
}

/** Whatever was refused was so for a reason that is there to be seen. */
function* refusals(
  attempts: readonly Attempt[],
  messages: Messages,
  failureOf: FailureOf,
): Generator<Finding> {
  for (const attempt of attempts) {
    const code = attempt.denied ?? failureOf(attempt)?.code;
    if (code !== undefined && !isExplained(code, attempt, messages))
      yield { type: "defect", what: `${describe(attempt)} was refused for ${code}` };
  }
}

function isExplained(code: string, { denied, deed }: Attempt, messages: Messages): boolean {
  const message = messages.get(deed.target);
  switch (code) {
    case "storage/full":
      return denied !== undefined;
    case "message/deleted":
      return message?.deletedAt !== undefined;
    case "message/not-found":
      return message === undefined; // it was refused itself; or what was planned was sent
    case "note/due":
      return deed.act === "unplan";
    default:
      return false;
  }
}

function* answers(promised: Chronicle["promised"], messages: Messages): Generator<Finding> {
  for (const { id, replyTo, text } of promised.values()) {
    const message = messages.get(id);
    if (message && message.replyTo !== replyTo)
      yield { type: "undone", what: `"${text}" answers ${message.replyTo} instead of ${replyTo}` };
  }
}

/** What nobody else can change. */
function* personal(
  strands: readonly Strand[],
  remains: Remains,
  messages: Messages,
  failureOf: FailureOf,
): Generator<Finding> {
  const said = new Set(remains.messages.map((message) => saidFirst(textOf(message))));
  for (const strand of strands) {
    const actual = actually(strand, remains.notes, messages, said);
    const possible = outcomesOf(strand, failureOf);
    const last = strand.attempts.at(-1);
    if (actual !== undefined && last && !possible.has(actual))
      yield {
        type: "undone",
        what: `${describe(last)} left "${actual}", not "${[...possible].join('" or "')}"`,
      };
  }
}

/** As a strand's matter is now; `undefined` where others have a say in it, or the message is gone. */
function actually(
  { matter, userId, target, sign }: Strand,
  noted: Remains["notes"],
  messages: Messages,
  said: ReadonlySet<string>,
): string | undefined {
  if (matter === "hidden" || matter === "blocked")
    return noted.get(userId)?.[matter].includes(target) ? ON : OFF;
  if (matter === "plan") return said.has(target) ? ON : OFF;
  const message = messages.get(target);
  if (!message || message.deletedAt !== undefined) return undefined;
  const { reactions, tally } = message;
  if (matter === "words") return textOf(message) === saidFirst(textOf(message)) ? OFF : textOf(message);
  if (matter === "mark")
    return reactions.some(({ emoji, userIds }) => emoji === sign && userIds.includes(userId)) ? ON : OFF;
  if (matter !== "vote") return undefined;
  return tally?.results.flatMap(({ userIds }, option) => (userIds.includes(userId) ? [option] : [])).join();
}

/** What several people have a say in. */
function* shared(strands: readonly Strand[], messages: Messages, failureOf: FailureOf): Generator<Finding> {
  const byTarget = new Map<string, Strand[]>();
  for (const strand of strands) byTarget.set(strand.target, [...(byTarget.get(strand.target) ?? []), strand]);
  for (const message of messages.values()) {
    const of = (matter: Strand["matter"]): readonly Strand[] =>
      (byTarget.get(message.id) ?? []).filter((each) => each.matter === matter);
    yield* endFaults(message, of("end"), failureOf);
    yield* pinFaults(message, of("pin"), failureOf);
    yield* editFaults(message, of("words"), failureOf);
  }
}

function* endFaults(
  { id, deletedAt, deletedBy }: MessageRecord,
  strands: readonly Strand[],
  failureOf: FailureOf,
): Generator<Finding> {
  const attempts = strands.flatMap((strand) => strand.attempts);
  const isPromised = attempts.some((each) => hasHappened(each, failureOf));
  if (deletedAt === undefined && isPromised) yield { type: "resurrected", what: `${id} was deleted` };
  const isTheirs = strands.some(({ userId }) => userId === deletedBy);
  if (deletedAt !== undefined && !isTheirs)
    yield { type: "invented", what: `${id} is deleted by ${deletedBy}, who did not` };
}

function* pinFaults(
  { id, deletedAt, pinnedAt }: MessageRecord,
  strands: readonly Strand[],
  failureOf: FailureOf,
): Generator<Finding> {
  if (deletedAt !== undefined && pinnedAt !== undefined)
    yield { type: "resurrected", what: `${id} was deleted, and is pinned` };
  if (deletedAt !== undefined) return;
  const possible = new Set(strands.flatMap((strand) => [...outcomesOf(strand, failureOf)]));
  if (strands.length === 0) possible.add(OFF);
  const actual = pinnedAt === undefined ? OFF : ON;
  if (!possible.has(actual)) yield { type: "undone", what: `the pin of ${id} is ${actual}` };
}

/** D2: each edit once. */
function* editFaults(
  { id, version, deletedAt, content }: MessageRecord,
  strands: readonly Strand[],
  failureOf: FailureOf,
): Generator<Finding> {
  const attempts = strands.flatMap((strand) => strand.attempts);
  const least = attempts.filter((each) => hasHappened(each, failureOf)).length;
  const most = attempts.filter((each) => each.denied === undefined && !failureOf(each)).length;
  if (version < least || version > most)
    yield { type: "doubled", what: `${id} was edited ${least} to ${most} times, and is version ${version}` };
  if (deletedAt !== undefined && "text" in content && content.text !== "")
    yield { type: "resurrected", what: `${id} was deleted, and says "${content.text}"` };
}

/** What each shows and has stored of their notes, and of how far all have read, is what the server has. */
function* notes(remains: Remains, states: States): Generator<Finding> {
  const readThere = readBy(remains.receipts).join();
  for (const [userId, { notes: shown, stored, read }] of states) {
    const real = JSON.stringify(remains.notes.get(userId));
    for (const [type, noted] of [
      ["unlike the server", JSON.stringify(shown)],
      ["cache", JSON.stringify(stored.notes)],
    ] as const)
      if (noted !== real) yield { type, what: `${userId} has noted ${noted} and not ${real}` };
    if (read.join() !== readThere)
      yield { type: "unlike the server", what: `${userId} has ${read.join()} as read and not ${readThere}` };
  }
}
