import { unnamedMarks } from "@tidings/core/domain";
import type { AnyRecord, OwnReactions } from "@tidings/core/protocol";
import type { Rows } from "../../rows.ts";

/** The reader's reactions and votes among `records` that the few names on a record do not show. */
export function ownReactions(tables: Rows, readerId: string, records: readonly AnyRecord[]): OwnReactions {
  const own: Record<string, readonly string[]> = {};
  for (const record of records) {
    if (record.type !== "message") continue;
    const marks = unnamedMarks(record, readerId).filter((mark) =>
      tables.hasReacted(record.id, readerId, mark),
    );
    if (marks.length > 0) own[record.id] = marks;
  }
  return own;
}
