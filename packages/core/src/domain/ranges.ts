import type { Command } from "../protocol/commands.ts";
import type { MessageContent, TextRange } from "../protocol/records.ts";
import { isMisleading } from "./misleading.ts";
import { isIn } from "./standing.ts";
import type { Records } from "./types.ts";

/** What `@` may mean beside a person: everybody, or who has a role. */
export const groups: ReadonlySet<string> = new Set(["here", "owner", "admin", "moderator", "member"]);

/** Addresses that open a page or a letter, and nothing that runs. */
const harmless = /^(https?|mailto):/i;

/** Those the ranges of a message may turn out to mean, or to be mistaken for: `withSoundRanges` asks for them. */
export function peopleMeant(content: MessageContent): readonly string[] {
  if (!("text" in content) || !content.ranges) return [];
  const { text } = content;
  return content.ranges.flatMap((range) => {
    if (range.type !== "mention" && range.type !== "group") return [];
    const name = nameIn(text.slice(range.start, range.end));
    return [...(range.type === "mention" ? [range.value] : []), ...(name === undefined ? [] : [name])];
  });
}

/**
 * A command as a backend takes it: without ranges that lead where they must not, mean nobody who is there, or stand on a text
 * that says otherwise. The text stays as it is, so nothing is refused that was written while somebody left. Only a backend knows all participants: a
 * client shows what was written until it is answered.
 */
export function withSoundRanges(command: Command, records: Pick<Records, "participant">): Command {
  if (command.type !== "message.send" && command.type !== "message.edit") return command;
  const content = soundContent(command.content, records);
  return content === command.content ? command : { ...command, content };
}

function soundContent(content: MessageContent, records: Pick<Records, "participant">): MessageContent {
  if (!("text" in content) || !content.ranges) return content;
  const { text } = content;
  const ranges = content.ranges.filter((range) =>
    isSound(range, text.slice(range.start, range.end), records),
  );
  if (ranges.length === content.ranges.length) return content;
  const { ranges: _ranges, ...others } = content;
  return ranges.length > 0 ? { ...others, ranges } : others;
}

function isSound({ type, value }: TextRange, said: string, records: Pick<Records, "participant">): boolean {
  switch (type) {
    case "link":
      return harmless.test(value) && !isMisleading(said, value);
    case "mention":
      return isIn(records.participant(value)) && !namesAnother(said, value, records);
    case "group":
      return groups.has(value) && !namesAnother(said, value, records);
    case "hashtag":
      return true;
  }
}

/** People are called otherwise than their ids, so any name may stand for anybody: but not `@` and the id of somebody else. */
function namesAnother(said: string, value: string, records: Pick<Records, "participant">): boolean {
  const name = nameIn(said);
  return name !== undefined && name !== value && isIn(records.participant(name));
}

/** What is written behind an `@`, as it reads. */
function nameIn(said: string): string | undefined {
  return /^@(.+)$/su.exec(
    said
      .normalize("NFKC")
      .replaceAll(/\p{Cf}/gu, "")
      .trim(),
  )?.[1];
}
