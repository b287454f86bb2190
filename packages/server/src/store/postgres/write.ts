import { type RawBuilder, sql } from "kysely";
import { mayRead } from "../../access.ts";
import type { Remembered } from "../answers.ts";
import type { Writes } from "./loaded-rows.ts";
import { array, type ArrayType, type Session } from "./session.ts";

/** An answer to be kept. */
export interface KeptAnswer {
  readonly commandId: string;
  readonly remembered: Remembered;
  readonly at: number;
}

type Column<Row> = readonly [ArrayType, (row: Row) => unknown];

/** Writes what a transaction changed: one statement per table however many rows, all in one round trip. */
export function write(
  session: Session,
  writes: Writes,
  answers: readonly KeptAnswer[],
): readonly Promise<unknown>[] {
  const statements = [
    writeConversations(writes),
    ...writeParticipants(writes),
    ...writeMessages(writes),
    ...writeReactions(writes),
    writeVersions(writes),
    writeReceipts(writes),
    writeAnswers(answers),
  ];
  return statements.flatMap((statement) => (statement ? [session.all(statement)] : []));
}

/** `unnest` of one array per column: the same statement for one row and for a thousand. */
function rowsOf<Row>(rows: readonly Row[], ...columns: readonly Column<Row>[]): RawBuilder<unknown> {
  const arrays = columns.map(([type, read]) => array(type, rows.map(read)));
  return sql`unnest(${sql.join(arrays)})`;
}

function writeConversations({ conversations }: Writes): RawBuilder<unknown> | undefined {
  if (conversations.length === 0) return undefined;
  const rows = rowsOf(
    conversations,
    ["bigint", ({ key }) => key],
    ["text", ({ head }) => head.conversationId],
    ["bigint", ({ head }) => head.rev],
    ["bigint", ({ head }) => head.seq],
    ["bigint", ({ activeAt }) => activeAt],
    ["int", ({ counts }) => counts.members],
    ["int", ({ counts }) => counts.owners],
    ["int", ({ counts }) => counts.pins],
    ["json", ({ record }) => JSON.stringify(record)],
  );
  return sql`
    INSERT INTO conversations (key, id, rev, seq, active_at, members, owners, pins, record) SELECT * FROM ${rows}
    ON CONFLICT (key) DO UPDATE SET rev = excluded.rev, seq = excluded.seq, active_at = excluded.active_at,
      members = excluded.members, owners = excluded.owners, pins = excluded.pins, record = excluded.record`;
}

function writeParticipants({ participants }: Writes): readonly RawBuilder<unknown>[] {
  if (participants.length === 0) return [];
  const rows = rowsOf(
    participants,
    ["bigint", ({ key }) => key],
    ["text", ({ record }) => record.userId],
    ["bigint", ({ record }) => record.rev],
    ["boolean", ({ record }) => mayRead(record)],
    ["json", ({ record }) => JSON.stringify(record)],
  );
  const ids = rowsOf(
    participants,
    ["text", ({ record }) => record.userId],
    ["bigint", ({ key }) => key],
    ["boolean", ({ record }) => mayRead(record)],
  );
  return [
    sql`
      INSERT INTO participants (conversation, user_id, rev, is_in, record) SELECT * FROM ${rows}
      ON CONFLICT (conversation, user_id) DO UPDATE SET rev = excluded.rev, is_in = excluded.is_in, record = excluded.record`,
    sql`
      INSERT INTO memberships (user_id, conversation)
      SELECT user_id, conversation FROM ${ids} AS new (user_id, conversation, is_in) WHERE is_in ON CONFLICT DO NOTHING`,
    sql`
      DELETE FROM memberships m USING ${ids} AS gone (user_id, conversation, is_in)
      WHERE m.user_id = gone.user_id AND m.conversation = gone.conversation AND NOT gone.is_in`,
  ];
}

function writeMessages({ newMessages, messages }: Writes): readonly RawBuilder<unknown>[] {
  const statements: RawBuilder<unknown>[] = [];
  if (newMessages.length > 0) {
    const rows = rowsOf(
      newMessages,
      ["bigint", ({ key }) => key],
      ["bigint", ({ record }) => record.seq],
      ["bigint", ({ sentRev }) => sentRev],
      ["bigint", ({ record }) => record.rev],
      ["bigint", ({ record }) => record.createdAt],
      ["boolean", ({ record }) => record.deletedAt !== undefined],
      ["text", ({ record }) => record.id],
      ["text", ({ record }) => record.authorId],
      ["json", ({ record }) => JSON.stringify(record)],
    );
    statements.push(sql`
      INSERT INTO messages (conversation, seq, sent_rev, rev, created_at, is_deleted, id, author_id, record)
      SELECT * FROM ${rows}`);
  }
  if (messages.length > 0) {
    const rows = rowsOf(
      messages,
      ["text", ({ id }) => id],
      ["bigint", ({ rev }) => rev],
      ["boolean", ({ deletedAt }) => deletedAt !== undefined],
      ["json", (record) => JSON.stringify(record)],
    );
    statements.push(sql`
      UPDATE messages m SET rev = new.rev, is_deleted = new.is_deleted, record = new.record
      FROM ${rows} AS new (id, rev, is_deleted, record) WHERE m.id = new.id`);
  }
  return statements;
}

function writeReactions({ reactions, noReactions }: Writes): readonly RawBuilder<unknown>[] {
  const statements: RawBuilder<unknown>[] = [];
  if (reactions.length > 0) {
    const rows = rowsOf(
      reactions,
      ["bigint", ({ key }) => key],
      ["text", ({ names }) => names[0]],
      ["text", ({ names }) => names[1]],
      ["text", ({ names }) => names[2]],
    );
    statements.push(sql`
      INSERT INTO reactions (conversation, message_id, emoji, user_id) SELECT * FROM ${rows} ON CONFLICT DO NOTHING`);
  }
  if (noReactions.length > 0) {
    const rows = rowsOf(
      noReactions,
      ["text", ([messageId]) => messageId],
      ["text", ([, emoji]) => emoji],
      ["text", ([, , userId]) => userId],
    );
    statements.push(sql`
      DELETE FROM reactions r USING ${rows} AS gone (message_id, emoji, user_id)
      WHERE r.message_id = gone.message_id AND r.emoji = gone.emoji AND r.user_id = gone.user_id`);
  }
  return statements;
}

function writeVersions({ versions }: Writes): RawBuilder<unknown> | undefined {
  if (versions.length === 0) return undefined;
  const rows = rowsOf(
    versions,
    ["bigint", ({ key }) => key],
    ["text", ({ version }) => version.messageId],
    ["int", ({ version }) => version.version],
    ["json", ({ version }) => JSON.stringify(version)],
  );
  return sql`INSERT INTO versions (conversation, message_id, version, record) SELECT * FROM ${rows}`;
}

function writeReceipts({ receipts }: Writes): RawBuilder<unknown> | undefined {
  if (receipts.length === 0) return undefined;
  const rows = rowsOf(
    receipts,
    ["bigint", ({ key }) => key],
    ["text", ({ receipt }) => receipt.userId],
    ["bigint", ({ receipt }) => receipt.deliveredSeq],
    ["bigint", ({ receipt }) => receipt.readSeq],
    ["bigint", ({ receipt }) => receipt.at],
  );
  return sql`
    INSERT INTO receipts (conversation, user_id, delivered_seq, read_seq, at) SELECT * FROM ${rows}
    ON CONFLICT (conversation, user_id) DO UPDATE SET delivered_seq = excluded.delivered_seq,
      read_seq = excluded.read_seq, at = excluded.at`;
}

function writeAnswers(answers: readonly KeptAnswer[]): RawBuilder<unknown> | undefined {
  if (answers.length === 0) return undefined;
  const rows = rowsOf(
    answers,
    ["text", ({ commandId }) => commandId],
    ["text", ({ remembered }) => remembered.userId],
    ["text", ({ remembered }) => remembered.conversationId],
    ["bigint", ({ at }) => at],
    ["json", ({ remembered }) => JSON.stringify(remembered.answer)],
  );
  return sql`INSERT INTO answers (command_id, user_id, conversation_id, at, answer) SELECT * FROM ${rows}`;
}
