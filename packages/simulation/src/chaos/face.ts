import type { MessageRecord, Receipt } from "@tidings/core/protocol";

/** What there is to see of a message, in one line: whoever shows the same line shows the same message. */
export type Face = string;

/** What there is to see of somebody's notes, each list sorted. */
export interface NotesFace {
  readonly hidden: readonly string[];
  readonly blocked: readonly string[];
  /** Words of what is not sent yet, or was refused. */
  readonly planned: readonly string[];
}

/** @param isPending - it shows something that is not confirmed. */
export function faceOf(message: MessageRecord, isPending = false): Face {
  const { id, rev, content, replyTo, reactions, tally, pinnedBy, version, deletedBy, authorId } = message;
  const text = "text" in content ? content.text : content.sealed;
  const files = "text" in content ? (content.attachments ?? []).map(({ fileId }) => fileId) : [];
  const marks = reactions.map(({ emoji, count, userIds }) =>
    [emoji, count, ...[...userIds].sort()].join(" "),
  );
  const votes = tally?.results.map(({ count, userIds }) => [count, ...[...userIds].sort()]);
  const facts = { marks: marks.sort(), replyTo, pinnedBy, deletedBy, votes, voters: tally?.voters };
  return `${id} ${JSON.stringify({ rev, authorId, text, version, files, ...facts, ...(isPending && { isPending }) })}`;
}

export function idOf(face: Face): string {
  return face.split(" ", 1)[0] ?? "";
}

/** How far everybody has read, a line each. */
export function readBy(receipts: readonly Receipt[]): readonly string[] {
  return receipts.map(({ userId, readSeq }) => `${userId} ${readSeq}`).sort();
}
