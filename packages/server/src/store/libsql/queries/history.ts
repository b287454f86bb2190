import type { HistoryQuery, MessageRecord } from "@tidings/core/protocol";
import type { Answer } from "../../store.ts";
import type { Connection } from "../database.ts";
import type { Rows } from "../../rows.ts";
import { decode } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";
import { createSeqAt } from "./seq-at.ts";
import { answered, type Reading } from "../../reading.ts";

/** Answers `history`: an unbroken run of messages, in seq order. */
export function createHistory(
  connection: Connection,
  tables: Rows,
  epoch: string,
): (reading: Reading, query: HistoryQuery) => Answer {
  const { prepare } = connection;
  const run = (order: "ASC" | "DESC") =>
    prepare<{ record: string }>(
      `SELECT record FROM messages WHERE conversation = ? AND seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`,
    );
  const oldestFirst = run("ASC");
  const newestFirst = run("DESC");
  const floor = prepare<{ seq: number | null }>(
    "SELECT min(seq) AS seq FROM messages WHERE conversation = ?",
  );

  const seqAt = createSeqAt(connection);

  const select = (key: number, newest: number, query: HistoryQuery): MessageRecord[] => {
    const {
      before = newest + 1,
      after,
      at,
      limit,
      around = at === undefined ? at : seqAt(key, newest, at),
    } = query;
    const upwards = (from: number, most: number) => oldestFirst.all(key, from, before, most);
    const downwards = (from: number, most: number) => newestFirst.all(key, 0, from, most).reverse();
    if (around !== undefined) {
      const older = downwards(around, limit >> 1);
      return [...older, ...oldestFirst.all(key, around - 1, newest + 1, limit - older.length)].map(
        decode<MessageRecord>,
      );
    }
    const rows = after === undefined ? downwards(before, limit) : upwards(after, limit);
    return rows.map(decode<MessageRecord>);
  };

  return ({ readerId, conversation: { key, head } }, query) => {
    const messages = select(key, head.seq, query);
    return answered<"history">({
      epoch,
      messages,
      fromSeq: messages[0]?.seq ?? 0,
      toSeq: messages.at(-1)?.seq ?? 0,
      floorSeq: floor.get(key)?.seq ?? head.seq + 1,
      head,
      own: ownReactions(tables, readerId, messages),
    });
  };
}
