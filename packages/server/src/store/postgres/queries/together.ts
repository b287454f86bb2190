import {
  type ConversationQuery,
  type ConversationsQuery,
  type ConversationSettings,
  notebookOf,
  type ParticipantRecord,
  type ReceiptsQuery,
} from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { mayRead, notFound } from "../../../access.ts";
import { answered, badToken, firstPosition, pageOf, parsePosition, positionToken } from "../../reading.ts";
import type { Answer, Membership } from "../../store.ts";
import { Gathering } from "../gathering.ts";
import { receiptOf } from "../load.ts";
import { array, type Prepared, prepare } from "../statement.ts";
import { type ConversationRow, conversationOf, type ReceiptRow } from "../tables.ts";
import type { Opened } from "./opened.ts";
import { readForEach } from "./reader.ts";
import { type SummaryRow, summaryOf } from "./summaries.ts";

interface Whose {
  /** Which of the questions this row answers, from 1. */
  readonly n: number;
}

type MembershipRow = Whose &
  Pick<ConversationRow, "id" | "rev" | "seq"> & {
    readonly record: { readonly settings: ConversationSettings };
  };
type OpenedRow = Whose & ConversationRow & { readonly self: ParticipantRecord; readonly edition: string };

const memberships = prepare(
  "memberships of each",
  sql<MembershipRow>`SELECT n, id, rev, seq, record FROM tidings_memberships(${array("text", [])})`,
);

const openings = prepare(
  "open for each",
  sql<OpenedRow>`SELECT n, key, id, rev, seq, active_at, members, owners, pins, record, self, edition
    FROM tidings_open(${array("text", [])}, ${array("text", [])})`,
);

const summaries = prepare(
  "summaries for each",
  sql<Whose & SummaryRow>`SELECT n, key, id, rev, seq, active_at, members, owners, pins, record, self,
      delivered_seq, read_seq, at, last, floor, own, deleted
    FROM tidings_summaries(${array("text", [])}, ${array("text", [])}, ${array("text", [])}, ${array("bigint", [])},
      ${array("text", [])}, ${array("int", [])})`,
);

const receipts = prepare(
  "receipts for each",
  sql<Whose & ReceiptRow>`SELECT n, user_id, delivered_seq, read_seq, at
    FROM tidings_receipts(${array("text", [])}, ${array("bigint", [])}, ${array("text", [])}, ${array("int", [])},
      ${array("boolean", [])})`,
);

interface Place {
  readonly readerId: string;
  readonly conversationId: string;
}

interface Listing {
  readonly readerId: string;
  /** Null for a page of all. */
  readonly conversationId: string | null;
  readonly activeAt: number;
  readonly id: string;
  readonly most: number;
}

interface Watermarks {
  readonly opened: Opened;
  readonly after: string;
  readonly most: number;
}

/** What everybody asks who comes back: see `togetherSchema`. */
export class Together {
  readonly #memberships: Gathering<string, readonly MembershipRow[]>;
  readonly #openings: Gathering<Place, readonly OpenedRow[]>;
  readonly #summaries: Gathering<Listing, readonly (Whose & SummaryRow)[]>;
  readonly #receipts: Gathering<Watermarks, readonly (Whose & ReceiptRow)[]>;

  constructor(pool: Pool) {
    this.#memberships = gathering(pool, memberships, (userId: string) => userId);
    this.#openings = gathering(
      pool,
      openings,
      ({ readerId }: Place) => readerId,
      ({ conversationId }) => conversationId,
    );
    this.#summaries = gathering(
      pool,
      summaries,
      ({ readerId }: Listing) => readerId,
      ({ readerId }) => notebookOf(readerId),
      ({ conversationId }) => conversationId,
      ({ activeAt }) => activeAt,
      ({ id }) => id,
      ({ most }) => most,
    );
    this.#receipts = gathering(
      pool,
      receipts,
      ({ opened }: Watermarks) => opened.readerId,
      ({ opened }) => opened.conversation.key,
      ({ after }) => after,
      ({ most }) => most,
      ({ opened }) => !opened.conversation.record.settings.receipts,
    );
  }

  async memberships(userId: string): Promise<readonly Membership[]> {
    return (await this.#memberships.ask(userId)).map(({ id: conversationId, rev, seq, record }) => ({
      head: { conversationId, rev, seq },
      settings: record.settings,
    }));
  }

  /** The one door to a conversation: who does not get through learns nothing of it (D8). */
  async open(readerId: string, conversationId: string): Promise<Opened | undefined> {
    const [row] = await this.#openings.ask({ readerId, conversationId });
    if (!row || !mayRead(row.self)) return undefined;
    const { self, edition } = row;
    return { readerId, conversation: conversationOf(row), self, edition };
  }

  async summary(readerId: string, { conversationId }: ConversationQuery): Promise<Answer> {
    const { activeAt, id } = firstPosition;
    const [row] = await this.#summaries.ask({ readerId, conversationId, activeAt, id, most: 1 });
    return row && mayRead(row.self) ? answered<"conversation">(summaryOf(readerId, row)) : notFound;
  }

  /** The order is total, so a page never repeats or skips conversations that were active at the same moment. */
  async page(readerId: string, { after, limit }: ConversationsQuery): Promise<Answer> {
    const start = after === undefined ? firstPosition : parsePosition(after);
    if (!start) return badToken;
    const rows = await this.#summaries.ask({ readerId, conversationId: null, ...start, most: limit + 1 });
    return answered<"conversations">(
      pageOf(
        rows,
        limit,
        (row) => summaryOf(readerId, row),
        ({ active_at: activeAt, id }) => positionToken({ activeAt, id }),
      ),
    );
  }

  async receipts(opened: Opened, { after = "", limit }: ReceiptsQuery): Promise<Answer> {
    const { conversationId } = opened.conversation.head;
    const rows = await this.#receipts.ask({ opened, after, most: limit + 1 });
    const page = pageOf(
      rows,
      limit,
      (row) => receiptOf(conversationId, row),
      (row) => row.user_id,
    );
    return answered<"receipts">(page);
  }
}

/** @param columns - of what is asked, in the order of the statement's arrays. */
function gathering<Asked, Row extends Whose>(
  pool: Pool,
  statement: (...values: readonly unknown[]) => Prepared<Row>,
  ...columns: readonly ((asked: Asked) => unknown)[]
): Gathering<Asked, readonly Row[]> {
  return new Gathering<Asked, readonly Row[]>(async (asked) => {
    const rows = await readForEach(pool, statement(...columns.map((column) => asked.map(column))));
    const found = asked.map((): Row[] => []);
    for (const row of rows) found[row.n - 1]?.push(row);
    return found;
  });
}
