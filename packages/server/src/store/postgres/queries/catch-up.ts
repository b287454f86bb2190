import type { AnyRecord, ChangesPage, ChangesQuery } from "@tidings/core/protocol";
import { sql } from "kysely";
import { compacted, type Reading } from "../../reading.ts";
import type { Session } from "../session.ts";
import { prepare } from "../statement.ts";
import { hiddenIn, ownReactions } from "./own-reactions.ts";

const everyKind: readonly AnyRecord["type"][] = ["conversation", "participant", "message", "note"];

/** Answers `changes` with the latest state of each record: the log, compacted. It never has to `reset`. */
export async function catchUp(
  session: Session,
  epoch: string,
  reading: Reading,
  { afterRev, limit, kinds = everyKind }: Omit<ChangesQuery, "type" | "conversationId">,
): Promise<ChangesPage> {
  const { head, record: conversation } = reading.conversation;
  if (afterRev > head.rev) return { epoch, records: [], upTo: afterRev, head, own: {}, reset: true };
  const changed: AnyRecord[] = [];
  if (kinds.includes("conversation") && conversation.rev > afterRev) changed.push(conversation);
  const lists = await Promise.all([
    kinds.includes("participant") ? participants(session, reading, afterRev, limit) : [],
    kinds.includes("note") ? notes(session, reading, afterRev, limit) : [],
    kinds.includes("message") ? changedMessages(session, reading, afterRev, limit) : [],
    kinds.includes("message") ? sentMessages(session, reading, afterRev, limit) : [],
  ]);
  for (const list of lists) changed.push(...list.map(({ record }) => record));
  // Each kind was asked for a whole page, so a short page is the last.
  const { records, upTo } = compacted(changed, limit, head.rev);
  const own = await ownReactions(session, reading.readerId, hiddenIn(reading.readerId, records));
  return { epoch, records, upTo, head, own, reset: false };
}

interface Row {
  readonly record: AnyRecord;
}

type Records = Promise<readonly Row[]>;

const participantsSince = prepare(
  "participants since",
  sql<Row>`SELECT record FROM participants WHERE conversation = ${0} AND rev > ${0} ORDER BY rev LIMIT ${0}`,
);

function participants(session: Session, { conversation }: Reading, afterRev: number, limit: number): Records {
  return session.all(participantsSince(conversation.key, afterRev, limit));
}

const notesSince = prepare(
  "notes since",
  sql<Row>`SELECT record FROM notes WHERE conversation = ${0} AND rev > ${0} ORDER BY rev LIMIT ${0}`,
);

function notes(session: Session, { conversation }: Reading, afterRev: number, limit: number): Records {
  return session.all(notesSince(conversation.key, afterRev, limit));
}

const changedSince = prepare(
  "messages changed since",
  sql<Row>`SELECT record FROM messages
    WHERE conversation = ${0} AND rev > ${0} AND rev > sent_rev ORDER BY rev LIMIT ${0}`,
);

function changedMessages(
  session: Session,
  { conversation }: Reading,
  afterRev: number,
  limit: number,
): Records {
  return session.all(changedSince(conversation.key, afterRev, limit));
}

const sentSince = prepare(
  "messages sent since",
  sql<Row>`SELECT record FROM messages
    WHERE conversation = ${0} AND seq > (SELECT tidings_seq_at(${0}, ${0}, ${0}, ${0})) AND rev = sent_rev
    ORDER BY seq LIMIT ${0}`,
);

/** Messages nobody touched since, found by their place. */
function sentMessages(session: Session, { conversation }: Reading, afterRev: number, limit: number): Records {
  const { key, head } = conversation;
  // No more messages can have been sent since than there were changes.
  const low = Math.max(0, head.seq - Math.max(0, head.rev - afterRev));
  return session.all(sentSince(key, key, afterRev, low, head.seq, limit));
}
