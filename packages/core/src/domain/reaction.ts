import type { ReactToMessage } from "../protocol/commands.ts";
import { REACTION_NAMES, REACTIONS_PER_MESSAGE } from "../protocol/bounds.ts";
import type { MessageRecord, Reaction } from "../protocol/records.ts";
import { change, nothing, type Scene, type Verdict } from "./outcome.ts";

/**
 * One emoji as people see it: a flag, a keycap, a flag of a part of a country, or up to four signs joined. By the properties
 * of letters, not by Unicode's list, so that a server takes what newer devices have.
 */
const emojiPattern =
  /^(\p{RI}{2}|[\d#*]\ufe0f?\u20e3|\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|[\p{ExtPict}\p{EMod}][\ufe0f\p{EMod}]?(\u200d[\p{ExtPict}\p{EMod}][\ufe0f\p{EMod}]?){0,3})$/u;

/** Whether one has reacted is for `hasReacted` to say: the record knows a few names only. */
export function react({ records, context }: Scene, command: ReactToMessage, message: MessageRecord): Verdict {
  const { messageId, emoji } = command;
  const userId = context.actorId;
  const present = command.type === "message.react";
  if (message.deletedAt !== undefined) return present ? "message/deleted" : nothing;
  if (records.hasReacted(messageId, userId, emoji) === present) return nothing;
  if (present && !emojiPattern.test(emoji)) return "command/malformed";
  const reactions = (present ? plus : minus)(message.reactions, emoji, userId);
  if (reactions.length > REACTIONS_PER_MESSAGE) return "reaction/limit";
  const record = { ...message, rev: records.head.rev + 1, reactions };
  return {
    ok: true,
    changes: [{ ...change(command, context, record), emoji }],
    reactions: [{ messageId, userId, emoji, present }],
  };
}

function plus(reactions: readonly Reaction[], emoji: string, userId: string): readonly Reaction[] {
  const known = reactions.find((each) => each.emoji === emoji);
  if (!known) return [...reactions, { emoji, count: 1, userIds: [userId] }];
  const { count, userIds } = known;
  const names = userIds.length < REACTION_NAMES ? [...userIds, userId] : userIds;
  const next = { emoji, count: count + 1, userIds: names };
  return reactions.map((each) => (each === known ? next : each));
}

function minus(reactions: readonly Reaction[], emoji: string, userId: string): readonly Reaction[] {
  return reactions.flatMap((each) => {
    if (each.emoji !== emoji) return [each];
    if (each.count <= 1) return [];
    return [{ emoji, count: each.count - 1, userIds: each.userIds.filter((name) => name !== userId) }];
  });
}
