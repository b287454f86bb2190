import {
  type ConversationRecord,
  type MessageRecord,
  NOTEBOOKS,
  type NoteRecord,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import {
  LISTENERS_AT_ONCE,
  listenersOf,
  MOST_DEVICES,
  noteIdsFor,
  OWN_RULES,
  type PushTarget,
  type PushTargets,
} from "../push.ts";
import { pageOf } from "../reading.ts";
import type { Connection } from "./database.ts";
import { decode } from "./tables.ts";

interface Row {
  readonly user_id: string;
  readonly record: string;
}

const COLUMNS = `user_id AS userId, device_id AS deviceId, endpoint, p256dh, auth, at`;

/** See `PushTargets`. Its table is its own, so nothing that is remembered of others becomes void. */
export function createPushTargets({ prepare, exec }: Connection): PushTargets {
  const elsewhere = prepare("DELETE FROM push_targets WHERE endpoint = ? AND (user_id, device_id) <> (?, ?)");
  const put = prepare(
    `INSERT INTO push_targets (user_id, device_id, endpoint, p256dh, auth, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, device_id) DO UPDATE
     SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, at = excluded.at`,
  );
  const excess = prepare(
    `DELETE FROM push_targets WHERE user_id = ?1 AND device_id NOT IN
     (SELECT device_id FROM push_targets WHERE user_id = ?1 ORDER BY at DESC, device_id LIMIT ${MOST_DEVICES})`,
  );
  const remove = prepare("DELETE FROM push_targets WHERE user_id = ? AND device_id = ?");
  const drop = prepare("DELETE FROM push_targets WHERE user_id = ? AND device_id = ? AND endpoint = ?");
  const all = prepare<PushTarget>(`SELECT ${COLUMNS} FROM push_targets WHERE user_id = ? ORDER BY device_id`);
  const audienceIn = createAudience(prepare);
  // Whoever blocks nobody has no row to begin with.
  const ofBlocked = prepare<{ said: number; deleted: number }>(
    `SELECT
       (SELECT count(*) FROM messages WHERE conversation = c.key AND author_id = n.blocked_id
        AND seq > coalesce(r.read_seq, 0)) AS said,
       (SELECT count(*) FROM messages WHERE conversation = c.key AND author_id = n.blocked_id
        AND seq > coalesce(r.read_seq, 0) AND is_deleted = 1) AS deleted
     FROM conversations b CROSS JOIN notes n INDEXED BY notes_blocking ON n.conversation = b.key AND n.blocked_id IS NOT NULL
     CROSS JOIN json_each(?1) ids CROSS JOIN conversations c ON c.id = ids.value
     LEFT JOIN receipts r ON r.conversation = c.key AND r.user_id = ?2
     WHERE b.id = '${NOTEBOOKS}' || ?2`,
  );

  const atOnce = (work: () => void): void => {
    exec("BEGIN IMMEDIATE");
    try {
      work();
      exec("COMMIT");
    } catch (error) {
      exec("ROLLBACK");
      throw error;
    }
  };
  return {
    async put({ userId, deviceId, endpoint, p256dh, auth, at }) {
      atOnce(() => {
        elsewhere.run(endpoint, userId, deviceId);
        put.run(userId, deviceId, endpoint, p256dh, auth, at);
        excess.run(userId);
      });
    },
    async remove(userId, deviceId) {
      remove.run(userId, deviceId);
    },
    async drop({ userId, deviceId, endpoint }) {
      drop.run(userId, deviceId, endpoint);
    },
    of: async (userId) => all.all(userId),
    audience: async (news, after) => audienceIn(news, after),
    unreadOfBlocked: async (userId, conversationIds) =>
      ofBlocked
        .all(JSON.stringify(conversationIds), userId)
        .reduce((sum, { said, deleted }) => sum + said - deleted, 0),
  };
}

type Read = (...given: Parameters<PushTargets["audience"]>) => Awaited<ReturnType<PushTargets["audience"]>>;

function createAudience(prepare: Connection["prepare"]): Read {
  const place = prepare<{ key: number; record: string }>(
    "SELECT key, record FROM conversations WHERE id = ?",
  );
  const messages = prepare<{ record: string }>(
    `SELECT m.record FROM json_each(?) ids JOIN messages m ON m.id = ids.value WHERE m.conversation = ? ORDER BY m.seq`,
  );
  const people = prepare<Row & { read_seq: number }>(
    `SELECT p.user_id, p.record, coalesce(r.read_seq, 0) AS read_seq
     FROM participants p LEFT JOIN receipts r ON r.conversation = p.conversation AND r.user_id = p.user_id
     WHERE p.conversation = ? AND p.user_id > ? AND p.is_in = 1
       AND EXISTS (SELECT 1 FROM push_targets t WHERE t.user_id = p.user_id)
     ORDER BY p.user_id LIMIT ${LISTENERS_AT_ONCE + 1}`,
  );
  const targets = prepare<PushTarget>(
    `SELECT ${COLUMNS} FROM json_each(?) ids JOIN push_targets t ON t.user_id = ids.value`,
  );
  const notes = prepare<Row>(
    `SELECT ids.value AS user_id, n.record FROM json_each(?) ids
     JOIN conversations b ON b.id = '${NOTEBOOKS}' || ids.value CROSS JOIN json_each(?) f
     JOIN notes n ON n.conversation = b.key AND n.id = f.value || iif(f.value = '${OWN_RULES}', b.id, '')
     WHERE n.is_kept = 1`,
  );
  return ({ conversationId, messageIds }, after = "") => {
    const found = place.get(conversationId);
    if (!found) return undefined;
    const read = messages.all(JSON.stringify(messageIds), found.key).map(decode<MessageRecord>);
    const { items, next } = pageOf(
      people.all(found.key, after),
      LISTENERS_AT_ONCE,
      (row) => ({ self: decode<ParticipantRecord>(row), readSeq: row.read_seq }),
      ({ user_id: userId }) => userId,
    );
    const ids = JSON.stringify(items.map(({ self }) => self.userId));
    const noted = notes.all(ids, JSON.stringify(noteIdsFor(conversationId, read)));
    return {
      conversation: decode<ConversationRecord>(found),
      messages: read,
      listeners: listenersOf(
        items,
        noted.map((row) => ({ userId: row.user_id, record: decode<NoteRecord>(row) })),
        targets.all(ids),
      ),
      ...(next !== undefined && { next }),
    };
  };
}
