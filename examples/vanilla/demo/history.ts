import type { Command, ConversationKind } from "@tidings/core/protocol";

/** A command of the past: what, by whom, when (ms). */
export interface PastCommand {
  readonly command: Command;
  readonly actorId: string;
  readonly at: number;
}

/** Mints the id of a command given at `at`. */
type IdAt = (at: number) => string;
type Line = readonly [who: string, text: string];

/** The two who use the page, then those who are only spoken of. */
export const people: readonly [string, string, ...string[]] = ["ada", "grace", "alan", "katherine"];

export const generalId = "general";

const MINUTE_MS = 60_000;
const DAYS = 4;
const MESSAGES_PER_DAY = 30;
/** Minutes between one message and the next, again and again: people talk in bursts. */
const PAUSES: readonly number[] = [1, 1, 3, 1, 25, 2, 1, 48, 1, 2];

/** What is said, again and again: enough text to scroll through. */
const talk: readonly Line[] = [
  ["ada", "Good morning! The tide tables for next week are in."],
  ["grace", "Thanks. High water moves to the early morning, so the survey boat has to leave at five."],
  ["alan", "Five?"],
  ["alan", "Somebody bring coffee."],
  ["grace", "There is always coffee on board."],
  [
    "katherine",
    "I have checked the numbers against last year: the offset at the outer buoy is 14 cm, not 11.",
  ],
  ["ada", "Good catch. Which gauge was that?"],
  ["katherine", "The northern one."],
  ["katherine", "I put the readings in the shared folder, with the formula beside them."],
  ["alan", "Then my chart from Monday is wrong too. I will redo it this afternoon."],
  ["ada", "No hurry, the report is due on Friday."],
  ["grace", "Who is on shore duty this time?"],
  ["alan", "Me. Again."],
  ["katherine", "I can take Thursday if you take the weekend after."],
  ["alan", "Deal."],
  ["ada", "The radio on the small boat still crackles whenever the engine runs. Has anyone looked at it?"],
  ["grace", "It was the ground strap. Fixed, tested, and it stays fixed if nobody steps on it."],
  ["ada", "You are a treasure."],
];

const crew: readonly Line[] = [
  ["alan", "The new fenders are here. They are orange. Very orange."],
  ["grace", "Nobody will ever miss the boat again."],
  ["ada", "I will be at the pier at a quarter to five."],
  ["alan", "See you there. I am the one with the coffee."],
];

const whispers: readonly Line[] = [
  ["ada", "Have you tried the new page yet? Pull the cable, write, plug it in again."],
  ["grace", "I did. It just waits, and then everything is there. Once."],
  ["ada", "Open it in two windows, it is more fun."],
];

/** Four days of talk in one conversation, a few words in two others; nearly everything is read. */
export function pastOf(now: number, idAt: IdAt): readonly PastCommand[] {
  const [first, second, third] = people;
  const begin = morningOf(now, DAYS);
  const days = Array.from({ length: DAYS }, (_, index) => morningOf(now, DAYS - index));
  const talked = days.flatMap((from, day) => said(generalId, from, linesFrom(day * MESSAGES_PER_DAY), idAt));
  return [
    begun(generalId, "community", begin, people, idAt, "General"),
    ...talked,
    begun("boat-crew", "group", begin, [first, second, third ?? ""], idAt, "Boat crew"),
    ...said("boat-crew", morningOf(now, 2), crew, idAt),
    begun("ada-and-grace", "direct", begin, [first, second], idAt),
    ...said("ada-and-grace", now - 20 * MINUTE_MS, whispers, idAt),
    ...[first, second].flatMap((reader) => [
      readUpTo(generalId, reader, talked.length - 3, now, idAt),
      readUpTo("boat-crew", reader, crew.length, now, idAt),
      readUpTo("ada-and-grace", reader, 2, now, idAt),
    ]),
  ];
}

/** A quarter past eight, some days ago. */
function morningOf(now: number, daysAgo: number): number {
  const day = new Date(now);
  day.setDate(day.getDate() - daysAgo);
  return day.setHours(8, 15, 0, 0);
}

function linesFrom(start: number): readonly Line[] {
  return Array.from(
    { length: MESSAGES_PER_DAY },
    (_, index) => talk[(start + index) % talk.length] ?? ["", ""],
  );
}

function begun(
  conversationId: string,
  kind: ConversationKind,
  at: number,
  [actorId = "", ...others]: readonly string[],
  idAt: IdAt,
  name?: string,
): PastCommand {
  const participants = others.map((userId) => ({ userId }));
  const described = name === undefined ? {} : { name };
  const common = { commandId: idAt(at), conversationId, at };
  return {
    command: { type: "conversation.create", ...common, kind, participants, ...described },
    actorId,
    at,
  };
}

function said(conversationId: string, from: number, lines: readonly Line[], idAt: IdAt): PastCommand[] {
  let at = from;
  return lines.map(([actorId, text], index) => {
    at += (PAUSES[index % PAUSES.length] ?? 1) * MINUTE_MS;
    const common = { commandId: idAt(at), conversationId, at };
    return { command: { type: "message.send", ...common, kind: "text", content: { text } }, actorId, at };
  });
}

function readUpTo(
  conversationId: string,
  actorId: string,
  readSeq: number,
  at: number,
  idAt: IdAt,
): PastCommand {
  const common = { commandId: idAt(at), conversationId, at };
  return { command: { type: "receipt.mark", ...common, readSeq }, actorId, at };
}
