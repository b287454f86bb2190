import type { AnyRecord, ChangesQuery } from "@tidings/core/protocol";
import { sql } from "kysely";
import { answered, type Reading } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { build } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";

const everyKind: readonly AnyRecord["type"][] = ["conversation", "participant", "message", "note"];

/** Answers `changes` with the latest state of each record: the log, compacted. It never has to `reset`. */
export async function catchUp(
  session: Session,
  epoch: string,
  reading: Reading,
  { afterRev, limit, kinds = everyKind }: Omit<ChangesQuery, "type" | "conversationId">,
): Promise<Answer> {
  const { head, record: conversation } = reading.conversation;
  if (afterRev > head.rev) {
    return answered<"changes">({ epoch, records: [], upTo: afterRev, head, own: {}, reset: true });
  }
  const changed: AnyRecord[] = [];
  if (kinds.includes("conversation") && conversation.rev > afterRev) changed.push(conversation);
  const lists = await Promise.all([
    kinds.includes("participant") ? changedIn("participants", session, reading, afterRev, limit) : [],
    kinds.includes("note") ? changedIn("notes", session, reading, afterRev, limit) : [],
    kinds.includes("message") ? changedMessages(session, reading, afterRev, limit) : [],
    kinds.includes("message") ? sentMessages(session, reading, afterRev, limit) : [],
  ]);
  for (const list of lists) changed.push(...list.map(({ record }) => record));
  changed.sort((one, other) => one.rev - other.rev);
  const records = changed.slice(0, limit);
  // Each kind was asked for a whole page, so a short page is the last.
  const last = records.at(-1);
  const upTo = last && records.length === limit ? last.rev : head.rev;
  const own = await ownReactions(session, reading.readerId, records);
  return answered<"changes">({ epoch, records, upTo, head, own, reset: false });
}

type Records = Promise<readonly { readonly record: AnyRecord }[]>;

function changedIn(
  table: "participants" | "notes",
  session: Session,
  { conversation }: Reading,
  afterRev: number,
  limit: number,
): Records {
  return session.all(
    build
      .selectFrom(table)
      .select("record")
      .where("conversation", "=", conversation.key)
      .where("rev", ">", afterRev)
      .orderBy("rev")
      .limit(limit),
  );
}

function changedMessages(
  session: Session,
  { conversation }: Reading,
  afterRev: number,
  limit: number,
): Records {
  return session.all(
    build
      .selectFrom("messages")
      .select("record")
      .where("conversation", "=", conversation.key)
      .where("rev", ">", afterRev)
      .whereRef("rev", ">", "sent_rev")
      .orderBy("rev")
      .limit(limit),
  );
}

/** Messages nobody touched since, found by their place. */
function sentMessages(session: Session, { conversation }: Reading, afterRev: number, limit: number): Records {
  const { key, head } = conversation;
  // No more messages can have been sent since than there were changes.
  const low = Math.max(0, head.seq - Math.max(0, head.rev - afterRev));
  return session.all(
    build
      .selectFrom("messages")
      .select("record")
      .where("conversation", "=", key)
      .where("seq", ">", sql<number>`(SELECT tidings_seq_at(${key}, ${afterRev}, ${low}, ${head.seq}))`)
      .whereRef("rev", "=", "sent_rev")
      .orderBy("seq")
      .limit(limit),
  );
}
