import type { RecordCounts } from "@tidings/core/domain";
import type {
  ConversationRecord,
  MessageRecord,
  MessageVersion,
  NoteRecord,
  ParticipantRecord,
} from "@tidings/core/protocol";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { StoredAnswer } from "../stored-answer.ts";
import type { StoredConversation } from "../rows.ts";

/** What the columns hold as the driver gives them: 64-bit numbers as numbers, JSON as values. */
export interface Tables {
  readonly meta: { readonly name: string; readonly value: string };
  readonly conversations: ConversationRow;
  readonly participants: {
    readonly conversation: number;
    readonly user_id: string;
    readonly rev: number;
    readonly is_in: boolean;
    readonly record: ParticipantRecord;
  };
  /** Who is in what now: what row-level security goes by. */
  readonly memberships: { readonly user_id: string; readonly conversation: number };
  readonly messages: {
    readonly conversation: number;
    readonly seq: number;
    readonly sent_rev: number;
    readonly rev: number;
    readonly id: string;
    readonly author_id: string;
    readonly created_at: number;
    readonly is_deleted: boolean;
    readonly thread_id: string | null;
    readonly pinned_at: number | null;
    readonly origin_id: string | null;
    readonly record: MessageRecord;
  };
  readonly versions: {
    readonly conversation: number;
    readonly message_id: string;
    readonly version: number;
    readonly record: MessageVersion;
  };
  readonly reactions: {
    readonly conversation: number;
    readonly message_id: string;
    readonly emoji: string;
    readonly user_id: string;
  };
  readonly notes: {
    readonly conversation: number;
    readonly id: string;
    readonly rev: number;
    readonly is_kept: boolean;
    readonly record: NoteRecord;
    readonly due_at: number | null;
  };
  readonly receipts: ReceiptRow & { readonly conversation: number };
  readonly answers: {
    readonly command_id: string;
    readonly user_id: string;
    readonly conversation_id: string;
    readonly at: number;
    readonly answer: StoredAnswer;
  };
}

export interface ConversationRow {
  readonly key: number;
  readonly id: string;
  readonly rev: number;
  readonly seq: number;
  readonly active_at: number;
  readonly members: number;
  readonly owners: number;
  readonly pins: number;
  readonly record: ConversationRecord;
}

export interface ReceiptRow {
  readonly user_id: string;
  readonly delivered_seq: number;
  readonly read_seq: number;
  readonly at: number;
}

/** Builds statements and runs none: they go through a `Session`, which may send several at once. */
export const build: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export function conversationOf(row: ConversationRow): StoredConversation {
  const { key, id, rev, seq, active_at: activeAt, members, owners, pins, record } = row;
  const counts: RecordCounts = { members, owners, pins };
  return { key, head: { conversationId: id, rev, seq }, record, counts, activeAt };
}
