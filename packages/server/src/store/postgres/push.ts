import {
  type ConversationRecord,
  type MessageRecord,
  NOTEBOOKS,
  type NoteRecord,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import {
  type Audience,
  LISTENERS_AT_ONCE,
  listenersOf,
  MOST_DEVICES,
  type News,
  noteIdsFor,
  OWN_RULES,
  type PushTarget,
  type PushTargets,
} from "../push.ts";
import { pageOf } from "../reading.ts";
import { read, type Session, transact } from "./session.ts";
import { array } from "./statement.ts";

/** See `PushTargets`. */
export function pushTargets(pool: Pool): PushTargets {
  const write = async (...statements: readonly RawBuilder<unknown>[]): Promise<void> => {
    await transact(pool, "BEGIN", (session) => Promise.all(statements.map((each) => session.all(each))));
  };
  return {
    put: (target) => write(...putting(target)),
    remove: (userId, deviceId) =>
      write(sql`DELETE FROM push_targets WHERE user_id = ${userId} AND device_id = ${deviceId}`),
    drop: ({ userId, deviceId, endpoint }) =>
      write(sql`DELETE FROM push_targets
        WHERE user_id = ${userId} AND device_id = ${deviceId} AND endpoint = ${endpoint}`),
    of: (userId) =>
      read(pool, "BEGIN READ ONLY", (session) =>
        session.all(
          sql<PushTarget>`SELECT ${COLUMNS} FROM push_targets WHERE user_id = ${userId} ORDER BY device_id`,
        ),
      ),
    audience: (news, after) =>
      read(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", (session) =>
        audience(session, news, after),
      ),
    unreadOfBlocked: (userId, conversationIds) =>
      read(pool, "BEGIN READ ONLY", async (session) => {
        const found = await session.first(ofBlocked(userId, conversationIds));
        return found?.count ?? 0;
      }),
  };
}

const COLUMNS = sql.raw(`user_id AS "userId", device_id AS "deviceId", endpoint, p256dh, auth, at`);

/** Of one person one at a time, or two that come at once could both find room. */
function putting({
  userId,
  deviceId,
  endpoint,
  p256dh,
  auth,
  at,
}: PushTarget): readonly RawBuilder<unknown>[] {
  return [
    sql`SELECT pg_advisory_xact_lock(hashtext(${userId}))`,
    sql`DELETE FROM push_targets WHERE endpoint = ${endpoint} AND (user_id, device_id) <> (${userId}, ${deviceId})`,
    sql`INSERT INTO push_targets (user_id, device_id, endpoint, p256dh, auth, at)
      VALUES (${userId}, ${deviceId}, ${endpoint}, ${p256dh}, ${auth}, ${at})
      ON CONFLICT (user_id, device_id) DO UPDATE
      SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, at = excluded.at`,
    sql`DELETE FROM push_targets WHERE user_id = ${userId} AND device_id NOT IN
      (SELECT device_id FROM push_targets WHERE user_id = ${userId} ORDER BY at DESC, device_id LIMIT ${MOST_DEVICES})`,
  ];
}

async function audience(
  session: Session,
  { conversationId, messageIds }: News,
  after = "",
): Promise<Audience | undefined> {
  const found = await session.first(
    sql<{
      key: number;
      record: ConversationRecord;
    }>`SELECT key, record FROM conversations WHERE id = ${conversationId}`,
  );
  if (!found) return undefined;
  const [rows, people] = await Promise.all([
    session.all(sql<{ record: MessageRecord }>`
      SELECT record FROM messages WHERE id = ANY(${array("text", messageIds)}) AND conversation = ${found.key} ORDER BY seq`),
    session.all(peopleIn(found.key, after)),
  ]);
  const messages = rows.map(({ record }) => record);
  const { items, next } = pageOf(
    people,
    LISTENERS_AT_ONCE,
    (row) => row,
    ({ self }) => self.userId,
  );
  const ids = items.map(({ self }) => self.userId);
  const [noted, targets] = await Promise.all([
    session.all(notesOf(ids, noteIdsFor(conversationId, messages))),
    session.all(
      sql<PushTarget>`SELECT ${COLUMNS} FROM push_targets WHERE user_id = ANY(${array("text", ids)})`,
    ),
  ]);
  return {
    ...{ conversation: found.record, messages, listeners: listenersOf(items, noted, targets) },
    ...(next !== undefined && { next }),
  };
}

function peopleIn(key: number, after: string) {
  return sql<{ readonly self: ParticipantRecord; readonly readSeq: number }>`
    SELECT p.record AS self, coalesce(r.read_seq, 0) AS "readSeq"
    FROM participants p LEFT JOIN receipts r ON r.conversation = p.conversation AND r.user_id = p.user_id
    WHERE p.conversation = ${key} AND p.user_id > ${after} AND p.is_in
      AND EXISTS (SELECT FROM push_targets t WHERE t.user_id = p.user_id)
    ORDER BY p.user_id LIMIT ${LISTENERS_AT_ONCE + 1}`;
}

function notesOf(userIds: readonly string[], noteIds: readonly string[]) {
  return sql<{ readonly userId: string; readonly record: NoteRecord }>`
    SELECT u.id AS "userId", n.record FROM unnest(${array("text", userIds)}) u(id)
    JOIN conversations b ON b.id = ${NOTEBOOKS} || u.id CROSS JOIN unnest(${array("text", noteIds)}) f(id)
    JOIN notes n ON n.conversation = b.key
      AND n.id = f.id || CASE WHEN f.id = ${OWN_RULES} THEN b.id ELSE '' END
    WHERE n.is_kept`;
}

/** Two counts that each need an index alone. */
function ofBlocked(userId: string, conversationIds: readonly string[]) {
  return sql<{ readonly count: number }>`
    SELECT coalesce(sum(s.count - d.count), 0)::int AS count
    FROM conversations b JOIN notes n ON n.conversation = b.key AND n.blocked_id IS NOT NULL
    CROSS JOIN unnest(${array("text", conversationIds)}) w(id) JOIN conversations c ON c.id = w.id
    LEFT JOIN receipts r ON r.conversation = c.key AND r.user_id = ${userId}
    CROSS JOIN LATERAL (
      SELECT count(*) FROM messages m
      WHERE m.author_id = n.blocked_id AND m.conversation = c.key AND m.seq > coalesce(r.read_seq, 0)
    ) s
    CROSS JOIN LATERAL (
      SELECT count(*) FROM messages m WHERE m.conversation = c.key AND m.is_deleted
        AND m.seq > coalesce(r.read_seq, 0) AND m.author_id = n.blocked_id
    ) d
    WHERE b.id = ${NOTEBOOKS} || ${userId}::text`;
}
