import { type Remembered, sentAnswer } from "../answers.ts";
import type { StoredAnswer } from "../stored-answer.ts";
import type { Connection } from "./database.ts";

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
