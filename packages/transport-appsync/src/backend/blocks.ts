import { broughtIn, reachesOther } from "@tidings/core/domain";
import {
  type Command,
  notebookOf,
  type NoteRecord,
  noteIdOf,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import { type Dynamo, type Key } from "./dynamo.ts";
import type { Refusal } from "./refusal.ts";
import { behind } from "./room.ts";
import { docOf, partitionOf, sortKey } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";

/** One code, and one text, for whoever has blocked whom: it says nothing of the other. */
const unreachable: Refusal = {
  ok: false,
  code: "participant/unreachable",
  message: "unable to reach the person; no contact is possible",
};

/**
 * Why a command reaches nobody, as a block stands between who gives it and somebody it is for: read with each command of a
 * direct conversation and each that brings somebody in, as nothing is kept between two requests. For everything else nothing
 * is read.
 */
export async function obstacle(
  dynamo: Dynamo,
  snapshot: Snapshot,
  command: Command,
  userId: string,
): Promise<Refusal | undefined> {
  if (!reachesOther(command)) return undefined;
  const others = command.type === "conversation.create" ? [] : await othersIn(dynamo, snapshot, userId);
  const concerned = [...new Set([...broughtIn(command), ...others])].filter((id) => id !== userId);
  if (concerned.length === 0) return undefined;
  const notes = await dynamo.get(
    concerned.flatMap((other) => [noteKey(userId, other), noteKey(other, userId)]),
  );
  return notes.some((item) => docOf<NoteRecord>(item).value !== undefined) ? unreachable : undefined;
}

/** Of a direct conversation, if it is theirs. */
async function othersIn(
  dynamo: Dynamo,
  { pk, conversation }: Snapshot,
  userId: string,
): Promise<readonly string[]> {
  if (conversation?.kind !== "direct") return [];
  const rows = await dynamo.query(behind({ pk }, sortKey.participant("")));
  const people = rows.map((item) => docOf<ParticipantRecord>(item).userId);
  return people.includes(userId) ? people : [];
}

/** Where it is written down that one of them wants no contact with the other. */
function noteKey(ownerId: string, userId: string): Key {
  const conversationId = notebookOf(ownerId);
  const sk = sortKey.note(noteIdOf({ kind: "block", conversationId, userId }));
  return { pk: partitionOf(conversationId), sk };
}
