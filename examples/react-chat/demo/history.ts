import type { Command, ConversationKind, SendMessage, TextRange } from "@tidings/core/protocol";

/** A command of the past: what, by whom, when (ms). */
export interface PastCommand {
  readonly command: Command;
  readonly actorId: string;
  readonly at: number;
}

/** Mints the id of a command given at `at`. */
type IdAt = (at: number) => string;
type Line = readonly [who: string, text: string];

/** The two who use the page, the one who answers by himself, and one who is only spoken of. */
export const people: readonly [string, string, string, string] = ["ada", "grace", "alan", "katherine"];

export const generalId = "general";

const MINUTE_MS = 60_000;
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

const ask: readonly Line[] = [
  ["alan", "I am a script, but a friendly one: write to me, and I read it, think, and answer."],
];

const whispers: readonly Line[] = [
  ["ada", "Have you tried the new page yet? Pull the cable, write, plug it in again."],
  ["grace", "I did. It just waits, and then everything is there. Once."],
  ["ada", "Open it in two windows, it is more fun."],
];

/** Days of talk in one conversation, a few words in three others; nearly everything is read. */
export function pastOf(now: number, daysOfTalk: number, idAt: IdAt): readonly PastCommand[] {
  const [first, second, third] = people;
  const begin = morningOf(now, daysOfTalk);
  const days = Array.from({ length: daysOfTalk }, (_, index) => morningOf(now, daysOfTalk - index));
  const talked = days.flatMap((from, day) => said(generalId, from, linesFrom(day * MESSAGES_PER_DAY), idAt));
  const latest = latestTalk(now - 55 * MINUTE_MS, idAt);
  const latestSaid = latest.filter(({ command }) => command.type === "message.send").length;
  return [
    begun(generalId, "community", begin, people, idAt, "General"),
    ...talked,
    ...latest,
    begun("boat-crew", "group", begin, [first, second, third], idAt, "Boat crew"),
    ...said("boat-crew", morningOf(now, 2), crew, idAt),
    ...[first, second].flatMap((person) => [
      begun(`${person}-and-${third}`, "direct", begin, [third, person], idAt),
      ...said(`${person}-and-${third}`, morningOf(now, 1), ask, idAt),
      readUpTo(`${person}-and-${third}`, person, ask.length, now, idAt),
    ]),
    begun("ada-and-grace", "direct", begin, [first, second], idAt),
    ...said("ada-and-grace", now - 20 * MINUTE_MS, whispers, idAt),
    ...[first, second].flatMap((reader) => [
      readUpTo(generalId, reader, talked.length + latestSaid - 3, now, idAt),
      readUpTo("boat-crew", reader, crew.length, now, idAt),
      readUpTo("ada-and-grace", reader, 2, now, idAt),
    ]),
  ];
}

/** A picture, an answer, a mention, a link, reactions and a thread: one of everything there is to see. */
function latestTalk(from: number, idAt: IdAt): readonly PastCommand[] {
  const [ada, grace, alan, katherine] = people;
  const at = (minute: number): number => from + minute * MINUTE_MS;
  const ids = [0, 2, 3, 5, 6, 8].map((minute) => idAt(at(minute)));
  const [picture = "", remark = ""] = ids;
  const say = (index: number, actorId: string, minute: number, text: string, extra: Partial<Said> = {}) =>
    told({ commandId: ids[index] ?? "", actorId, at: at(minute), text, ...extra });
  const react = (actorId: string, minute: number, messageId: string, emoji: string): PastCommand => ({
    command: { type: "message.react", ...common(at(minute), idAt), messageId, emoji },
    actorId,
    at: at(minute),
  });
  return [
    say(0, katherine, 0, "The harbour gauge this morning.", {
      kind: "image",
      custom: { picture: { src: "/tide.svg", width: 640, height: 320 } },
    }),
    react(ada, 1, picture, "👍"),
    react(grace, 1, picture, "👍"),
    react(alan, 1, picture, "🎉"),
    say(1, alan, 2, "That dip at nine is the ferry again.", { replyTo: picture }),
    say(2, grace, 3, "Are you sure? The ferry was late today.", { threadId: remark }),
    say(3, alan, 5, "Then it was the ferry, late.", { threadId: remark }),
    say(4, grace, 6, "Lovely. @ada, will you put it into the report?", {
      ranges: [{ type: "mention", start: 8, end: 12, value: ada }],
    }),
    say(5, katherine, 8, "The readings are at https://tides.example/north as well.", {
      ranges: [{ type: "link", start: 20, end: 47, value: "https://tides.example/north" }],
    }),
  ];
}

interface Said extends Pick<SendMessage, "commandId" | "at" | "replyTo" | "threadId" | "custom"> {
  readonly actorId: string;
  readonly text: string;
  readonly kind: SendMessage["kind"];
  readonly ranges: readonly TextRange[];
}

function told({
  actorId,
  text,
  ranges,
  kind = "text",
  ...rest
}: Partial<Said> & Pick<Said, "commandId" | "at" | "actorId" | "text">): PastCommand {
  const content = { text, ...(ranges && { ranges }) };
  return {
    command: { type: "message.send", conversationId: generalId, kind, content, ...rest },
    actorId,
    at: rest.at,
  };
}

function common(at: number, idAt: IdAt): { commandId: string; conversationId: string; at: number } {
  return { commandId: idAt(at), conversationId: generalId, at };
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
