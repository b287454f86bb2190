import type { Command } from "../protocol/commands.ts";
import type { MessageContent, TextRange } from "../protocol/records.ts";
import { isIn } from "./standing.ts";
import type { Records } from "./types.ts";

/** What `@` may mean beside a person: everybody, or who has a role. */
export const groups: ReadonlySet<string> = new Set(["here", "owner", "admin", "moderator", "member"]);

/** Addresses that open a page or a letter, and nothing that runs. */
const harmless = /^(https?|mailto):/i;

/**
 * A command as a backend takes it: without ranges that lead where they must not, or mean nobody who is there. The text
 * stays as it is, so nothing is refused that was written while somebody left. Only a backend knows all participants: a
 * client shows what was written until it is answered.
 */
export function withSoundRanges(command: Command, records: Pick<Records, "participant">): Command {
  if (command.type !== "message.send" && command.type !== "message.edit") return command;
  const content = soundContent(command.content, records);
  return content === command.content ? command : { ...command, content };
}

function soundContent(content: MessageContent, records: Pick<Records, "participant">): MessageContent {
  if (!("text" in content) || !content.ranges) return content;
  const ranges = content.ranges.filter((range) => isSound(range, records));
  if (ranges.length === content.ranges.length) return content;
  const { ranges: _ranges, ...others } = content;
  return ranges.length > 0 ? { ...others, ranges } : others;
}

function isSound({ type, value }: TextRange, records: Pick<Records, "participant">): boolean {
  switch (type) {
    case "link":
      return harmless.test(value);
    case "mention":
      return isIn(records.participant(value));
    case "group":
      return groups.has(value);
    case "hashtag":
      return true;
  }
}
