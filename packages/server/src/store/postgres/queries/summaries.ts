import {
  type ConversationsQuery,
  type ConversationSummary,
  type MessageRecord,
  notebookOf,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import { type RawBuilder, sql } from "kysely";
import { answered, badToken, firstPosition, pageOf, parsePosition, positionToken } from "../../reading.ts";
import type { Answer, Membership } from "../../store.ts";
import { receiptOf } from "../load.ts";
import type { Session } from "../session.ts";
import type { Statement } from "../statement.ts";
import { build, type ConversationRow, conversationOf } from "../tables.ts";

interface SummaryRow extends ConversationRow {
  readonly self: ParticipantRecord;
  readonly last: MessageRecord | null;
  /** Null with no watermark. */
  readonly delivered_seq: number | null;
  readonly read_seq: number | null;
  readonly at: number | null;
  /** The oldest message there is. */
  readonly floor: number | null;
  readonly own: number;
  readonly deleted: number;
}

export async function summary(
  session: Session,
  readerId: string,
  conversationId: string,
): Promise<Answer | undefined> {
  const row = await session.first(summaries(readerId, sql`c.id = ${conversationId}`, 1));
  return row && answered<"conversation">(summaryOf(readerId, row));
}

/** The order is total, so a page never repeats or skips conversations that were active at the same moment. */
export async function page(
  session: Session,
  readerId: string,
  { after, limit }: ConversationsQuery,
): Promise<Answer> {
  const start = after === undefined ? firstPosition : parsePosition(after);
  if (!start) return badToken;
  const older = sql`c.id <> ${notebookOf(readerId)} AND (c.active_at, c.id) < (${start.activeAt}, ${start.id})`;
  const rows = await session.all(summaries(readerId, older, limit + 1));
  return answered<"conversations">(
    pageOf(
      rows,
      limit,
      (row) => summaryOf(readerId, row),
      ({ active_at: activeAt, id }) => positionToken({ activeAt, id }),
    ),
  );
}

/** The conversations somebody is in; see `membershipOf`. */
export function membershipsOf(userId: string): Statement<ConversationRow> {
  return build
    .selectFrom("memberships as m")
    .innerJoin("conversations as c", "c.key", "m.conversation")
    .selectAll("c")
    .where("m.user_id", "=", userId)
    .orderBy("c.active_at", "desc")
    .orderBy("c.id", "desc");
}

export function membershipOf(row: ConversationRow): Membership {
  const { head, record } = conversationOf(row);
  return { head, settings: record.settings };
}

/** Sequences are dense: unread is a difference, minus the few that do not count. */
function summaries(readerId: string, which: RawBuilder<unknown>, limit: number): RawBuilder<SummaryRow> {
  return sql<SummaryRow>`
    SELECT c.*, p.record AS self, r.delivered_seq, r.read_seq, r.at,
      (SELECT m.record FROM messages m WHERE m.conversation = c.key AND m.seq = c.seq) AS last,
      (SELECT m.seq FROM messages m WHERE m.conversation = c.key ORDER BY m.seq LIMIT 1) AS floor,
      (SELECT count(*) FROM messages m
       WHERE m.conversation = c.key AND m.author_id = ${readerId} AND m.seq > coalesce(r.read_seq, 0)) AS own,
      (SELECT count(*) FROM messages m
       WHERE m.conversation = c.key AND m.is_deleted AND m.author_id <> ${readerId}
         AND m.seq > coalesce(r.read_seq, 0)) AS deleted
    FROM (
      SELECT c.* FROM memberships i JOIN conversations c ON c.key = i.conversation
      WHERE i.user_id = ${readerId} AND ${which} ORDER BY c.active_at DESC, c.id DESC LIMIT ${limit}
    ) c
    JOIN participants p ON p.conversation = c.key AND p.user_id = ${readerId}
    LEFT JOIN receipts r ON r.conversation = c.key AND r.user_id = ${readerId}
    ORDER BY c.active_at DESC, c.id DESC`;
}

function summaryOf(readerId: string, row: SummaryRow): ConversationSummary {
  const { self, last, floor, own, deleted, delivered_seq: delivered, read_seq: readTo, at } = row;
  const { head, record, counts } = conversationOf(row);
  const receipt =
    delivered === null || readTo === null || at === null
      ? undefined
      : receiptOf(head.conversationId, { user_id: readerId, delivered_seq: delivered, read_seq: readTo, at });
  return {
    conversation: record,
    self,
    head,
    memberCount: counts.members,
    unread: head.seq - Math.max(readTo ?? 0, (floor ?? head.seq + 1) - 1) - own - deleted,
    ...(last && { lastMessage: last }),
    ...(receipt && { receipt }),
  };
}
