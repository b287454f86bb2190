import type { AnyRecord, ChangesQuery, Head } from "@tidings/core/protocol";
import type { Answer } from "../../store.ts";
import type { Connection } from "../database.ts";
import type { Rows } from "../../rows.ts";
import { decode } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";
import { answered, type Reading } from "../../reading.ts";

const everyKind: readonly AnyRecord["type"][] = ["conversation", "participant", "message", "note"];

/**
 * Answers `changes` with the latest state of each record: the log, compacted. It has to `reset` only where the
 * reader knows more than there is.
 */
export function createCatchUp(
  { prepare }: Connection,
  tables: Rows,
  epoch: string,
): (reading: Reading, query: ChangesQuery) => Answer {
  const participants = prepare<RecordRow>(
    "SELECT record FROM participants WHERE conversation = ? AND rev > ? ORDER BY rev LIMIT ?",
  );
  const notes = prepare<RecordRow>(
    "SELECT record FROM notes WHERE conversation = ? AND rev > ? ORDER BY rev LIMIT ?",
  );
  const changedMessages = prepare<RecordRow>(
    "SELECT record FROM messages WHERE conversation = ? AND rev > ? AND rev > sent_rev ORDER BY rev LIMIT ?",
  );
  const sentMessages = prepare<RecordRow>(
    "SELECT record FROM messages WHERE conversation = ? AND seq > ? AND rev = sent_rev ORDER BY seq LIMIT ?",
  );
  const sentRev = prepare<{ sent_rev: number }>(
    "SELECT sent_rev FROM messages WHERE conversation = ? AND seq = ?",
  );

  /** The highest sequence that was given away up to `rev`, by bisection: both ascend together. */
  const seqAt = (key: number, { rev: headRev, seq: headSeq }: Head, rev: number): number => {
    // No more messages can have been sent since than there were changes.
    let low = Math.max(0, headSeq - Math.max(0, headRev - rev));
    let high = headSeq;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((sentRev.get(key, middle)?.sent_rev ?? 0) <= rev) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const changedSince = ({ conversation }: Reading, query: ChangesQuery): readonly RecordRow[] => {
    const { key, head } = conversation;
    const { afterRev, limit, kinds = everyKind } = query;
    const rows: RecordRow[] = [];
    if (kinds.includes("participant")) rows.push(...participants.all(key, afterRev, limit));
    if (kinds.includes("note")) rows.push(...notes.all(key, afterRev, limit));
    if (kinds.includes("message")) {
      rows.push(...changedMessages.all(key, afterRev, limit));
      rows.push(...sentMessages.all(key, seqAt(key, head, afterRev), limit));
    }
    return rows;
  };

  return (reading, query) => {
    const { head, record: conversation } = reading.conversation;
    const { afterRev, limit, kinds = everyKind } = query;
    if (afterRev > head.rev) {
      return answered<"changes">({ epoch, records: [], upTo: afterRev, head, own: {}, reset: true });
    }
    const changed = changedSince(reading, query).map(decode<AnyRecord>);
    if (kinds.includes("conversation") && conversation.rev > afterRev) changed.push(conversation);
    changed.sort((one, other) => one.rev - other.rev);
    const records = changed.slice(0, limit);
    // Each kind was asked for a whole page, so a short page is the last.
    const last = records.at(-1);
    const upTo = last && records.length === limit ? last.rev : head.rev;
    const own = ownReactions(tables, reading.readerId, records);
    return answered<"changes">({ epoch, records, upTo, head, own, reset: false });
  };
}

interface RecordRow {
  readonly record: string;
}
