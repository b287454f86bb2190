import type { Applied, Rejection } from "@tidings/core/domain";
import type { ErrorCode } from "@tidings/core/errors";
import type { Ack, AnyRecord, Change, ChangeKind, Command } from "@tidings/core/protocol";
import { mayRead } from "../../access.ts";
import type { Outcome } from "../store.ts";
import type { Connection } from "./database.ts";
import type { WorkingSet } from "./working-set.ts";

/** What a command was answered. Records by reference only: an edit or a deletion must not leave the old text here. */
export type StoredAnswer = RefusedAnswer | AcceptedAnswer;

interface RefusedAnswer {
  readonly code: ErrorCode;
  readonly message: string;
}

interface AcceptedAnswer {
  readonly kind: ChangeKind;
  readonly at: number;
  readonly emoji?: string;
  readonly records: readonly RecordReference[];
}

interface RecordReference {
  readonly type: AnyRecord["type"];
  /** User or message; empty for the conversation. */
  readonly id: string;
  readonly rev: number;
}

export interface Remembered {
  readonly userId: string;
  readonly conversationId: string;
  readonly answer: StoredAnswer;
}

interface AnswerRow {
  readonly id: string;
  readonly user_id: string;
  readonly conversation_id: string;
  readonly at: number;
  /** Null for a message: it is its own memory of having been sent, and never forgotten. */
  readonly answer: string | null;
}

/** Answers given in earlier transactions. */
export interface Answers {
  find(commandIds: readonly string[]): Map<string, Remembered>;
  put(commandId: string, remembered: Remembered, at: number): void;
  forget(before: number): number;
}

/** How many answers one call forgets at most, so that it never holds up commits for long. */
const FORGET_AT_ONCE = 1_000;

export function createAnswers({ prepare }: Connection): Answers {
  const find = prepare<AnswerRow>(
    `WITH ids AS (SELECT value AS id FROM json_each(?))
     SELECT command_id AS id, user_id, conversation_id, at, answer FROM answers WHERE command_id IN (SELECT id FROM ids)
     UNION ALL
     SELECT id, author_id, record ->> 'conversationId', record ->> 'createdAt', NULL FROM messages
     WHERE id IN (SELECT id FROM ids)`,
  );
  const put = prepare(
    "INSERT INTO answers (command_id, user_id, conversation_id, at, answer) VALUES (?, ?, ?, ?, ?)",
  );
  // Keys ascend with time, so the oldest are the first: no index by time is needed.
  const forget = prepare<{ key: number }>(
    `DELETE FROM answers WHERE key IN (
       SELECT key FROM (SELECT key, at FROM answers ORDER BY key LIMIT ${FORGET_AT_ONCE}) WHERE at < ?
     ) RETURNING key`,
  );
  return {
    find(commandIds) {
      const rows = find.all(JSON.stringify(commandIds));
      return new Map(rows.map((row) => [row.id, rememberedOf(row)]));
    },
    put(commandId, { userId, conversationId, answer }, at) {
      put.run(commandId, userId, conversationId, at, JSON.stringify(answer));
    },
    forget: (before) => forget.all(before).length,
  };
}

function rememberedOf({ id, user_id, conversation_id, at, answer }: AnswerRow): Remembered {
  return {
    userId: user_id,
    conversationId: conversation_id,
    answer: answer === null ? sentAnswer(id, at) : (JSON.parse(answer) as StoredAnswer),
  };
}

/** The revision a message was sent with is not kept: 0, which no record has. */
function sentAnswer(messageId: string, at: number): StoredAnswer {
  return { kind: "message.send", at, records: [{ type: "message", id: messageId, rev: 0 }] };
}

/** What is to be remembered of an answer; undefined where nothing needs to be. */
export function answerOf(command: Command, at: number, applied: Applied): StoredAnswer | undefined {
  if (command.type === "receipt.mark") return undefined; // Watermarks only rise: repeating it is harmless.
  if (!applied.ok) return applied.code === "server/internal" ? undefined : refusedAnswer(applied);
  const emoji = "emoji" in command ? { emoji: command.emoji } : {};
  const records = applied.changes.map(({ rev, record }) => ({ type: record.type, id: idOf(record), rev }));
  return { kind: command.type, at, ...emoji, records };
}

function refusedAnswer({ code, message }: Rejection): RefusedAnswer {
  return { code, message };
}

/**
 * The first answer again, with the records as they are now. Someone who may no longer read gets only those that are
 * still what the first answer said (D8).
 */
export function recall(remembered: Remembered, command: Command, actorId: string, work: WorkingSet): Outcome {
  const { userId, conversationId, answer } = remembered;
  if (userId !== actorId) {
    return { ok: false, code: "command/id-taken", message: "unable to accept the command; its id is in use" };
  }
  if ("code" in answer) return { ok: false, ...answer };
  const conversation = work.conversation(conversationId);
  const seesAll = mayRead(work.participant(conversation, actorId));
  const { commandId } = command;
  const { kind, at, emoji, records } = answer;
  const changes = records.flatMap(({ type, id, rev }): Change[] => {
    const record = find(type, id);
    if (!record || (!seesAll && record.rev !== rev)) return [];
    const change = { conversationId, rev: record.rev, kind, actorId, at, commandId, record };
    return [emoji === undefined ? change : { ...change, emoji }];
  });
  const ack: Ack = { commandId, changes: changes.sort((one, other) => one.rev - other.rev) };
  return { ok: true, isKnown: true, ack };

  function find(type: AnyRecord["type"], id: string): AnyRecord | undefined {
    if (type === "conversation") return conversation.record;
    return type === "participant" ? work.participant(conversation, id) : work.message(id);
  }
}

function idOf(record: AnyRecord): string {
  if (record.type === "conversation") return "";
  return record.type === "participant" ? record.userId : record.id;
}
