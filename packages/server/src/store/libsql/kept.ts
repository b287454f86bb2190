import {
  type MessageRecord,
  type MessageVersion,
  NOTEBOOKS,
  type NoteRecord,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import type { StoredAnswer } from "../stored-answer.ts";
import {
  type Kept,
  KEPT_AT_ONCE,
  keptAnswer,
  keptCase,
  keptFile,
  type KeptMark,
  keptMark,
  keptMessage,
  type KeptParts,
  keptVersion,
  type ReadPart,
} from "../kept.ts";
import type { CaseRow } from "../cases.ts";
import type { FileRecord } from "../files.ts";
import { pageOf } from "../reading.ts";
import type { Connection, Value } from "./database.ts";
import { decode } from "./tables.ts";

interface Recorded {
  readonly key: number;
  readonly record: string;
}

interface Reacted extends KeptMark {
  readonly record: string;
}

interface Marked {
  readonly key: number;
  readonly conversationId: string;
  readonly deliveredSeq: number;
  readonly readSeq: number;
  readonly at: number;
}

interface Answered {
  readonly key: number;
  readonly commandId: string;
  readonly conversationId: string;
  readonly at: number;
  readonly answer: string;
}

/** See `Upkeep`. Walks through tables by their keys, once in all pages together: an embedded database is small. */
export function createKept({ prepare }: Connection): KeptParts {
  const part = <Row>(
    sql: string,
    startOf: (place: string) => readonly Value[],
    itemOf: (row: Row) => Kept | readonly Kept[],
    placeOf: (row: Row) => string,
  ): ReadPart => {
    const statement = prepare<Row>(`${sql} LIMIT ${KEPT_AT_ONCE + 1}`);
    return (userId, place) => {
      const page = pageOf(statement.all(userId, ...startOf(place)), KEPT_AT_ONCE, itemOf, placeOf);
      return { ...page, items: page.items.flat() };
    };
  };
  const byKey = <Row extends { readonly key: number }>(
    sql: string,
    itemOf: (row: Row) => Kept | readonly Kept[],
  ): ReadPart =>
    part<Row>(
      sql,
      (place) => [Number(place)],
      itemOf,
      ({ key }) => String(key),
    );
  const versionPlace = ({ key, record }: Recorded): string =>
    `${key} ${decode<MessageVersion>({ record }).version}`;
  return {
    participants: byKey<Recorded>(
      `SELECT conversation AS key, record FROM participants
       WHERE user_id = ?1 AND is_in = 1 AND conversation > ?2 ORDER BY conversation`,
      decode<ParticipantRecord>,
    ),
    messages: byKey<Recorded>(
      "SELECT key, record FROM messages WHERE author_id = ?1 AND is_deleted = 0 AND key > ?2 ORDER BY key",
      (row) => keptMessage(decode<MessageRecord>(row)),
    ),
    versions: part<Recorded>(
      `SELECT m.key, v.record FROM messages m JOIN versions v ON v.message_id = m.id
       WHERE m.author_id = ?1 AND (m.key, v.version) > (?2, ?3) ORDER BY m.key, v.version`,
      (place) => (place === "" ? [0, -1] : place.split(" ").map(Number)),
      (row) => keptVersion(decode<MessageVersion>(row)),
      versionPlace,
    ),
    reactions: part<Reacted>(
      `SELECT c.id AS conversationId, r.message_id AS messageId, r.emoji, m.record
       FROM reactions r JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.key = m.conversation
       WHERE r.user_id = ?1 AND (r.message_id, r.emoji) > (?2, ?3) ORDER BY r.message_id, r.emoji`,
      reactionPlace,
      ({ record, ...row }) => keptMark(row, decode<MessageRecord>({ record })),
      ({ messageId, emoji }) => `${messageId} ${emoji}`,
    ),
    receipts: byKey<Marked>(
      `SELECT r.conversation AS key, c.id AS conversationId, r.delivered_seq AS deliveredSeq, r.read_seq AS readSeq, r.at
       FROM receipts r JOIN conversations c ON c.key = r.conversation
       WHERE r.user_id = ?1 AND r.conversation > ?2 ORDER BY r.conversation`,
      ({ key: _key, ...receipt }) => ({ type: "receipt", ...receipt }),
    ),
    notes: part<{ readonly id: string; readonly record: string }>(
      `SELECT n.id, n.record FROM conversations c JOIN notes n ON n.conversation = c.key
       WHERE c.id = '${NOTEBOOKS}' || ?1 AND n.id > ?2 AND n.is_kept = 1 ORDER BY n.id`,
      (place) => [place],
      decode<NoteRecord>,
      ({ id }) => id,
    ),
    files: byKey<Recorded>(
      "SELECT key, record FROM files WHERE owner_id = ?1 AND key > ?2 AND state <> 'gone' ORDER BY key",
      (row) => keptFile(decode<FileRecord>(row)),
    ),
    answers: byKey<Answered>(
      `SELECT key, command_id AS commandId, conversation_id AS conversationId, at, answer FROM answers
       WHERE user_id = ?1 AND key > ?2 ORDER BY key`,
      ({ key: _key, answer, ...row }) => keptAnswer(row, decode<StoredAnswer>({ record: answer })),
    ),
    cases: part<CaseRow>(
      "SELECT * FROM cases WHERE user_id = ?1 AND id > ?2 ORDER BY id",
      (place) => [place],
      keptCase,
      ({ id }) => id,
    ),
  };
}

function reactionPlace(place: string): readonly [string, string] {
  const [messageId = "", ...emoji] = place.split(" ");
  return [messageId, emoji.join(" ")];
}
