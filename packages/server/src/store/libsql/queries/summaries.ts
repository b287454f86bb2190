import {
  type ConversationsQuery,
  type ConversationSummary,
  type MessageRecord,
  notebookOf,
} from "@tidings/core/protocol";
import type { Answer, Membership } from "../../store.ts";
import type { Connection } from "../database.ts";
import type { Rows } from "../../rows.ts";
import { type ConversationRow, conversationOf, decode } from "../tables.ts";
import {
  answered,
  badToken,
  firstPosition,
  pageOf,
  parsePosition,
  positionToken,
  type Reading,
} from "../../reading.ts";

export interface Summaries {
  of(reading: Reading): ConversationSummary;
  page(readerId: string, query: ConversationsQuery): Answer;
  memberships(userId: string): readonly Membership[];
}

const MINE = `FROM participants p JOIN conversations c ON c.key = p.conversation WHERE p.user_id = ? AND p.is_in = 1`;

export function createSummaries({ prepare }: Connection, tables: Rows): Summaries {
  // The order is total, so a page never repeats or skips conversations that were active at the same moment.
  const page = prepare<ConversationRow>(
    `SELECT c.* ${MINE} AND c.id <> ? AND (c.active_at, c.id) < (?, ?) ORDER BY c.active_at DESC, c.id DESC LIMIT ?`,
  );
  const mine = prepare<ConversationRow>(`SELECT c.* ${MINE} ORDER BY c.active_at DESC, c.id DESC`);
  const newest = prepare<{ record: string }>(
    "SELECT record FROM messages WHERE conversation = ? AND seq = ?",
  );
  // Sequences are dense: unread is a difference, minus the few that do not count.
  const uncounted = prepare<{ own: number; deleted: number; floor: number | null }>(
    `SELECT
       (SELECT min(seq) FROM messages WHERE conversation = ?1) AS floor,
       (SELECT count(*) FROM messages WHERE conversation = ?1 AND author_id = ?2 AND seq > ?3) AS own,
       (SELECT count(*) FROM messages WHERE conversation = ?1 AND seq > ?3 AND is_deleted = 1 AND author_id <> ?2) AS deleted`,
  );

  const summaryOf = ({ conversation, self }: Reading): ConversationSummary => {
    const { key, head, record, counts } = conversation;
    const receipt = tables.receipt(key, head.conversationId, self.userId);
    const readSeq = receipt?.readSeq ?? 0;
    const { own = 0, deleted = 0, floor } = uncounted.get(key, self.userId, readSeq) ?? {};
    const last = newest.get(key, head.seq);
    return {
      conversation: record,
      self,
      head,
      memberCount: counts.members,
      unread: head.seq - Math.max(readSeq, (floor ?? head.seq + 1) - 1) - own - deleted,
      ...(last && { lastMessage: decode<MessageRecord>(last) }),
      ...(receipt && { receipt }),
    };
  };

  const summariesOf = (readerId: string, row: ConversationRow): readonly ConversationSummary[] => {
    const self = tables.participant(row.key, readerId);
    return self ? [summaryOf({ readerId, conversation: conversationOf(row), self })] : [];
  };

  return {
    of: summaryOf,
    page(readerId, { after, limit }) {
      const start = after === undefined ? firstPosition : parsePosition(after);
      if (!start) return badToken;
      const rows = page.all(readerId, notebookOf(readerId), start.activeAt, start.id, limit + 1);
      const { items, ...next } = pageOf(rows, limit, (row) => summariesOf(readerId, row), tokenOf);
      return answered<"conversations">({ items: items.flat(), ...next });
    },
    memberships: (userId) =>
      mine.all(userId).map((row) => {
        const { head, record } = conversationOf(row);
        return { head, settings: record.settings };
      }),
  };
}

function tokenOf({ active_at: activeAt, id }: ConversationRow): string {
  return positionToken({ activeAt, id });
}
