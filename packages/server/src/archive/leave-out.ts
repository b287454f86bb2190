import { isIn } from "@tidings/core/domain";
import { optionMark, ownerOf, type ParticipantRecord, type PollResult } from "@tidings/core/protocol";
import type { MarkLine, MessageLine, RowLine } from "../store/archive.ts";
import { pseudonym } from "../store/audit.ts";
import { erased } from "../store/upkeep.ts";
import type { Returning } from "./returning.ts";

/** What becomes of a line; undefined: it is left out. */
export type Leaving = (line: RowLine) => RowLine | undefined;

/**
 * An archive as if it had been made after some people were erased: of them stays what stays of whoever is erased
 * (`docs/guides/data.md`). Asked of every line, in their order.
 *
 * @param at - when what they said is deleted, ms.
 */
export function leavingOut({ people, marks, leaders }: Returning, at: number): Leaving {
  if (people.size === 0) return (line) => line;
  const stands = new Map<string, string>();
  const isGone = (userId: string): boolean => people.has(userId);
  const standFor = (userId: string): string => {
    if (!isGone(userId)) return userId;
    const stand = stands.get(userId) ?? pseudonym();
    stands.set(userId, stand);
    return stand;
  };
  let conversationId = "";
  /** Of this conversation. */
  const silenced = new Set<string>();
  const cases = new Set<string>();
  const message = (line: MessageLine): MessageLine => {
    if (!isGone(line.authorId) && !isGone(line.origin?.authorId ?? ""))
      return without(line, marks.get(line.id));
    silenced.add(line.id);
    return line.deletedAt === undefined ? erasedLine(line, at) : line;
  };
  return (line) => {
    switch (line.type) {
      case "conversation":
        ({ conversationId } = line);
        silenced.clear();
        return isGone(ownerOf(conversationId) ?? "") ? undefined : line;
      case "note":
        return isGone(ownerOf(line.conversationId) ?? "") ? undefined : line;
      case "participant": {
        if (!isGone(line.userId)) return line;
        if (ownerOf(line.conversationId) !== undefined) return undefined;
        return leaders.get(line.conversationId) === line.userId ? line : left(line);
      }
      case "message":
        return message(line);
      case "version":
        return silenced.has(line.messageId) ? undefined : line;
      case "case":
        if (isGone(line.userId)) return void cases.add(line.caseId);
        return line.decidedBy === undefined ? line : { ...line, decidedBy: standFor(line.decidedBy) };
      case "flag":
        if (cases.has(line.caseId)) return undefined;
        return isGone(line.reporterId) ? { ...line, reporterId: standFor(line.reporterId), text: "" } : line;
      case "file":
        return isGone(line.ownerId) ? undefined : line;
      case "reaction":
      case "vote":
      case "receipt":
      case "device":
      case "answer":
        return isGone(line.userId) ? undefined : line;
      case "audit": {
        const { actorId, subject } = line;
        const named = subject !== undefined && { subject: standFor(subject) };
        return { ...line, actorId: standFor(actorId), ...named };
      }
    }
  };
}

function erasedLine({ sentRev, ...record }: MessageLine, at: number): MessageLine {
  return { ...erased(record, at), ...(sentRev !== undefined && { sentRev }) };
}

/** As whoever leaves; who was muted is so when they come back. */
function left(line: ParticipantRecord): ParticipantRecord {
  if (!isIn(line)) return line;
  const mute = line.status === "muted" && { mutedUntil: line.mutedUntil ?? Number.MAX_SAFE_INTEGER };
  return { ...line, ...mute, status: "left" };
}

/** A message that does not count what some people put on it. */
function without(line: MessageLine, taken: readonly MarkLine[] = []): MessageLine {
  const { reactions, tally } = line;
  if (taken.length === 0 || line.deletedAt !== undefined) return line;
  const counted = <Result extends PollResult>(result: Result, mark: string): Result => {
    const gone = taken.flatMap((each) => (markOf(each) === mark ? each.userId : []));
    const userIds = result.userIds.filter((userId) => !gone.includes(userId));
    return { ...result, count: result.count - gone.length, userIds };
  };
  const voters = new Set(taken.flatMap((each) => (each.type === "vote" ? each.userId : [])));
  return {
    ...line,
    reactions: reactions.map((each) => counted(each, each.emoji)).filter(({ count }) => count > 0),
    ...(tally && {
      tally: {
        ...tally,
        results: tally.results.map((result, option) => counted(result, optionMark(option))),
        voters: tally.voters - voters.size,
      },
    }),
  };
}

function markOf(line: MarkLine): string {
  return line.type === "vote" ? optionMark(line.option) : line.emoji;
}
