import type { AnyRecord, ChangesQuery } from "@tidings/core/protocol";
import type { Answer } from "../../store.ts";
import type { Connection } from "../database.ts";
import { decode, type Tables } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";
import { answered, type Reading } from "./reading.ts";

const everyKind: readonly AnyRecord["type"][] = ["conversation", "participant", "message"];

/** Answers `changes` with the latest state of each record: the log, compacted. It never has to `reset`. */
export function createCatchUp(
  { prepare }: Connection,
  tables: Tables,
  epoch: string,
): (reading: Reading, query: ChangesQuery) => Answer {
  const changedIn = (table: string) =>
    prepare<{ record: string }>(
      `SELECT record FROM ${table} WHERE conversation = ? AND rev > ? ORDER BY rev LIMIT ?`,
    );
  const participants = changedIn("participants");
  const messages = changedIn("messages");

  return ({ readerId, conversation }, { afterRev, limit, kinds = everyKind }) => {
    const { key, head, record } = conversation;
    const changed: AnyRecord[] = [];
    if (kinds.includes("conversation") && record.rev > afterRev) changed.push(record);
    for (const [kind, statement] of [
      ["participant", participants],
      ["message", messages],
    ] as const) {
      if (kinds.includes(kind)) changed.push(...statement.all(key, afterRev, limit).map(decode<AnyRecord>));
    }
    const records = changed.sort((one, other) => one.rev - other.rev).slice(0, limit);
    const isLast = changed.length === records.length && changed.length < limit;
    const upTo = isLast ? head.rev : (records.at(-1)?.rev ?? head.rev);
    const own = ownReactions(tables, readerId, records);
    return answered<"changes">({ epoch, records, upTo, head, own, reset: false });
  };
}
