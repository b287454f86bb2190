import type { Conversation, Timeline } from "../client/types.ts";
import { isIn } from "../domain/standing.ts";
import { fold } from "../domain/words.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { MarkedText, Suggestion } from "./mentions.ts";

/** So far back arrow up looks for a message of one's own. */
const NEWEST = 50;
/** More than a person looks through. */
const MOST_SUGGESTIONS = 8;

/** Of a conversation, what these look at. */
export interface WithTimeline<Custom> {
  readonly timeline: Timeline<Custom>;
}

/** A message of the timeline, if it is loaded and not deleted. */
export function messageIn<Custom>(
  { timeline }: WithTimeline<Custom>,
  messageId: string,
): MessageRecord<Custom> | undefined {
  const { items } = timeline.get();
  const item = items.at(items.indexOf(messageId));
  const isFound = item?.type === "message" && item.message.id === messageId;
  return isFound && item.message.deletedAt === undefined ? item.message : undefined;
}

/** The newest message of one's own that can be edited as text; of a thread, if one is given. */
export function newestOwn<Custom>(
  { timeline }: WithTimeline<Custom>,
  threadId?: string,
): MessageRecord<Custom> | undefined {
  const recent = timeline.get().items.slice(-NEWEST).toReversed();
  for (const item of recent) {
    if (item.type !== "message" || !item.own || item.message.deletedAt !== undefined) continue;
    if (threadId !== undefined && item.message.threadId !== threadId) continue;
    if (textOf(item.message).text !== "") return item.message;
  }
  return undefined;
}

/** What a person can read of a message; nothing of one that is sealed. */
export function textOf({ content }: Pick<MessageRecord, "content">): MarkedText {
  return "text" in content ? { text: content.text, ranges: content.ranges ?? [] } : { text: "", ranges: [] };
}

/** Messages whose tags are suggested. */
const TAGGED = 500;

/** The tags of the newest messages that begin with what was written, the most used first. */
export function tagsThatBegin<Custom>(
  conversation: WithTimeline<Custom>,
): (query: string) => readonly Suggestion[] {
  return (query) => {
    const begun = fold(query);
    const counts = new Map<string, number>();
    for (const item of conversation.timeline.get().items.slice(-TAGGED)) {
      if (item.type !== "message") continue;
      for (const { type, value } of textOf(item.message).ranges) {
        if (type === "hashtag" && fold(value).startsWith(begun))
          counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    const found = [...counts].sort(([, one], [, other]) => other - one);
    return found.slice(0, MOST_SUGGESTIONS).map(([value]) => ({ type: "hashtag", value }));
  };
}

/** Written, and meant. */
const usualGroups: readonly Suggestion[] = [
  { type: "group", value: "here" },
  ...["owner", "admin", "moderator", "member"].map((role): Suggestion => ({
    type: "group",
    value: role,
    label: `${role}s`,
  })),
];

/** Members whose id begins with what was written, capital letters or not; behind them everybody, and roles. */
export function whoBeginsWith({
  members,
}: Pick<Conversation, "members">): (query: string) => readonly Suggestion[] {
  return (query) => {
    const begun = query.toLowerCase();
    const people = members
      .get()
      .filter((member) => isIn(member) && member.userId.toLowerCase().startsWith(begun))
      .map(({ userId }): Suggestion => ({ value: userId }));
    const some = usualGroups.filter(({ value, label = value }) => begun !== "" && label.startsWith(begun));
    return [...people.slice(0, MOST_SUGGESTIONS - some.length), ...some];
  };
}
