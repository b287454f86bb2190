import { REACTION_NAMES } from "../protocol/bounds.ts";
import type { ChangeMessage, VoteInPoll } from "../protocol/commands.ts";
import { optionMark, type Poll, type PollResult, type PollTally } from "../protocol/polls.ts";
import type { MessageContent, MessageRecord } from "../protocol/records.ts";
import { change, nothing, put, type Scene, type Verdict } from "./outcome.ts";

export function pollOf(content: MessageContent): Poll | undefined {
  return "text" in content ? content.poll : undefined;
}

/** The question may be put in other words: what was voted on stays. */
export function withPollOf(message: MessageRecord, content: MessageContent): MessageContent {
  const poll = pollOf(message.content);
  return poll && "text" in content ? { ...content, poll } : content;
}

export function freshTally({ options }: Poll): PollTally {
  return { results: options.map(() => ({ count: 0, userIds: [] })), voters: 0 };
}

/** Takes a poll votes at `at` (server time, ms)? */
export function isOpen({ content, tally, deletedAt }: MessageRecord, at: number): boolean {
  const { closesAt = Infinity } = pollOf(content) ?? {};
  return tally !== undefined && tally.closedAt === undefined && deletedAt === undefined && at < closesAt;
}

/**
 * Puts the actor's choices in place of those they had, which are for `hasReacted` to say. A vote is kept as a reaction is,
 * so that no record grows with people; the system may withdraw one after the end, of a person who is to be forgotten.
 */
export function vote(scene: Scene, command: VoteInPoll, message: MessageRecord): Verdict {
  const { records, context, role } = scene;
  const { messageId } = command;
  const { actorId: userId, at } = context;
  const choices = new Set(command.choices);
  if (message.deletedAt !== undefined) return choices.size > 0 ? "message/deleted" : nothing;
  const poll = pollOf(message.content);
  const { tally } = message;
  if (!poll || !tally || !isChoice(choices, poll)) return "poll/invalid";
  const had = poll.options.map((_, option) => records.hasReacted(messageId, userId, optionMark(option)));
  const reactions = had.flatMap((was, option) => {
    const present = choices.has(option);
    return was === present ? [] : [{ messageId, userId, emoji: optionMark(option), present }];
  });
  if (reactions.length === 0) return nothing;
  if (role !== "system" && !isOpen(message, at)) return "poll/closed";
  const name = poll.anonymous ? undefined : userId;
  const results = tally.results.map((result, option) =>
    recounted(result, had[option] === true, choices.has(option), name),
  );
  const voters = tally.voters + Number(choices.size > 0) - Number(had.includes(true));
  const record = { ...message, rev: records.head.rev + 1, tally: { ...tally, results, voters } };
  const made = change(command, context, record);
  const told = poll.anonymous ? { ...made, actorId: message.authorId } : { ...made, choices: [...choices] };
  return { ok: true, changes: [told], reactions };
}

/** Ends a poll before its time; `isAllowed` to whoever asked, and to who may delete it. */
export function close(
  scene: Scene,
  command: ChangeMessage,
  message: MessageRecord,
  isAllowed: boolean,
): Verdict {
  const { actorId, at } = scene.context;
  const { tally, deletedAt } = message;
  if (deletedAt !== undefined) return "message/deleted";
  if (!tally) return "poll/invalid";
  if (!isAllowed) return "permission/denied";
  if (tally.closedAt !== undefined) return nothing;
  return put(scene, command, { ...message, tally: { ...tally, closedAt: at, closedBy: actorId } });
}

function isChoice(choices: ReadonlySet<number>, { options, many }: Poll): boolean {
  const isThere = [...choices].every((option) => Number.isInteger(option) && options[option] !== undefined);
  return isThere && (many === true || choices.size <= 1);
}

function recounted(
  { count, userIds }: PollResult,
  was: boolean,
  is: boolean,
  name: string | undefined,
): PollResult {
  if (was === is) return { count, userIds };
  if (was) return { count: Math.max(0, count - 1), userIds: userIds.filter((each) => each !== name) };
  const isNamed = name !== undefined && userIds.length < REACTION_NAMES;
  return { count: count + 1, userIds: isNamed ? [...userIds, name] : userIds };
}

/** How often a mark was put on a message, and who the record says did: an emoji, or an option of its poll. */
export function tallied({ reactions, tally }: MessageRecord, mark: string): PollResult | undefined {
  return (
    reactions.find(({ emoji }) => emoji === mark) ??
    tally?.results.find((_, option) => optionMark(option) === mark)
  );
}

/** The marks on a message with more people than names, `reader` not among the names: one may be theirs all the same. */
export function unnamedMarks({ reactions, tally }: MessageRecord, reader?: string): readonly string[] {
  const isUnnamed = ({ count, userIds }: PollResult): boolean =>
    count > userIds.length && (reader === undefined || !userIds.includes(reader));
  const emojis = reactions.filter(isUnnamed).map(({ emoji }) => emoji);
  const options = tally?.results.flatMap((result, option) => (isUnnamed(result) ? [optionMark(option)] : []));
  return options ? [...emojis, ...options] : emojis;
}
