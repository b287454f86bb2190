import { optionMark, optionOf, type Poll, type PollResult } from "@tidings/core/protocol";
import type { MarkLine, MessageLine, VersionLine } from "../store/archive.ts";

/** What a message says was put on it, and what of that has come. */
interface Counted {
  readonly line: MessageLine;
  readonly poll: Poll | undefined;
  /** By mark: an emoji, or what a vote is kept as. */
  readonly said: ReadonlyMap<string, PollResult>;
  readonly came: Map<string, { count: number; named: number }>;
  /** Of a poll. */
  readonly voters: Set<string>;
  versions: number;
}

/**
 * Compares what messages say of versions, reactions and votes with the lines of those. Messages come together, and then
 * what is about them; the next message closes them. Of messages nobody has touched it remembers nothing.
 *
 * That nobody put the same on a message twice is for the store to see: it has an index for that.
 */
export class MessageCounts {
  readonly #open = new Map<string, Counted>();
  #isFollowed = false;

  message(line: MessageLine): string | undefined {
    const closed = this.#isFollowed ? this.close() : undefined;
    return closed ?? this.#count(line);
  }

  version({ messageId, version }: VersionLine): string | undefined {
    const counted = this.#find(messageId);
    if (!counted) return untold(messageId);
    // Of a deleted one there is the text it had as well, unless all of it was erased.
    const most = counted.line.version + Number(isDeleted(counted));
    if (version !== counted.versions || version >= most) return `version ${version} does not follow there`;
    counted.versions += 1;
    return undefined;
  }

  mark(line: MarkLine): string | undefined {
    const { messageId, userId } = line;
    const counted = this.#find(messageId);
    if (!counted) return untold(messageId);
    // What was put on a message that is deleted is not counted any more.
    if (isDeleted(counted)) return undefined;
    const mark = line.type === "vote" ? optionMark(line.option) : line.emoji;
    const said = counted.said.get(mark);
    if (!said) return untold(messageId);
    const { count, named } = counted.came.get(mark) ?? { count: 0, named: 0 };
    counted.came.set(mark, { count: count + 1, named: named + Number(said.userIds.includes(userId)) });
    if (line.type === "reaction") return undefined;
    if (counted.voters.has(userId) && counted.poll?.many !== true) return `${userId} has voted already`;
    counted.voters.add(userId);
    return undefined;
  }

  /** Nothing more comes of those that are open. */
  close(): string | undefined {
    const faults = [...this.#open.values()].flatMap((counted) => faultOf(counted) ?? []);
    this.#open.clear();
    this.#isFollowed = false;
    return faults[0];
  }

  #find(messageId: string): Counted | undefined {
    this.#isFollowed = true;
    return this.#open.get(messageId);
  }

  #count(line: MessageLine): string | undefined {
    const { id, content, reactions, tally, version, deletedAt } = line;
    const poll = "text" in content ? content.poll : undefined;
    if (tally?.results.length !== poll?.options.length) return "tally is not of the options of a poll";
    const said = new Map<string, PollResult>(reactions.map((each) => [each.emoji, each]));
    if (said.size < reactions.length) return "reactions tell of one emoji twice";
    if (deletedAt !== undefined && (said.size > 0 || tally))
      return "it is deleted, and reactions or tally count";
    for (const [option, result] of (tally?.results ?? []).entries()) said.set(optionMark(option), result);
    if (version > 0 || said.size > 0 || deletedAt !== undefined)
      this.#open.set(id, { line, poll, said, came: new Map(), voters: new Set(), versions: 0 });
    return undefined;
  }
}

function faultOf(counted: Counted): string | undefined {
  const { line, said, came, voters, versions, poll } = counted;
  if (isDeleted(counted)) return undefined;
  const of = `the message ${line.id} before it`;
  if (versions !== line.version) return `of ${of} there are ${versions} of ${line.version} versions`;
  for (const [mark, { count, userIds }] of said) {
    const { count: there, named } = came.get(mark) ?? { count: 0, named: 0 };
    if (there !== count) return `of ${of}, ${mark} is said to be there ${count} times, and is ${there}`;
    if (new Set(userIds).size < userIds.length || named !== userIds.length)
      return `of ${of}, ${mark} names who did not put it there`;
  }
  if (
    poll?.anonymous === true &&
    [...said].some(([mark, { userIds }]) => optionOf(mark) !== undefined && userIds.length > 0)
  )
    return `of ${of}, votes are anonymous, and name people`;
  return voters.size === (line.tally?.voters ?? 0)
    ? undefined
    : `of ${of}, voters are not as many as it says`;
}

function isDeleted({ line }: Counted): boolean {
  return line.deletedAt !== undefined;
}

function untold(messageId: string): string {
  return `${messageId} is not among the messages before it, or does not tell of it`;
}
