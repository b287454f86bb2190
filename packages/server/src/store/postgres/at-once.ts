import type { Receipt } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { NotLoaded, settle } from "../settle.ts";
import type { Admit, Outcome, Submission } from "../store.ts";
import type { LoadedRows, Writes } from "./loaded-rows.ts";
import type { Recollection } from "./recollection.ts";
import type { ConversationState } from "../rows.ts";
import { run } from "./session.ts";
import { type Stage, stage } from "./stage.ts";
import { array, type ArrayType, prepare } from "./statement.ts";
import { type Wanted, wantedBy } from "./wanted.ts";
import { newMessageColumns, receiptColumns, wordsColumn } from "./write.ts";
import { type Column, valuesOf } from "./writer.ts";

/** What there is to commit by. */
export interface Commitment {
  readonly pool: Pool;
  readonly epoch: string;
  readonly recollection: Recollection;
  /** See `PostgresStoreOptions`. */
  readonly rideOutMs: number;
  /** Told of each batch whether it could be committed at once. */
  readonly onRemembered: (wasRight: boolean) => void;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * One batch in one statement, decided by what this node remembers: see `tidings_commit`. Messages and receipts only, which
 * is nearly all there is.
 *
 * @returns undefined if nothing happened: it remembers too little, or not rightly.
 */
export async function commitAtOnce<Item extends Submission>(
  items: readonly Item[],
  admit: Admit<Item>,
  { pool, epoch, recollection, onDefect }: Commitment,
): Promise<readonly Outcome[] | undefined> {
  const wanted = wantedBy(items);
  const rows = recollection.rowsFor(wanted);
  if (!rows) return undefined;
  const commandIds = items.map(({ command }) => command.commandId);
  const decided = stage(rows, commandIds, new Map(), onDefect);
  const outcomes = decide(items, admit, decided);
  if (!outcomes || !isPlain(rows, decided)) return undefined;
  const decidedBy = [epoch, commandIds, ...premises(wanted, rows)];
  const [answer] = await run(pool, atOnce(...decidedBy, ...consequences(rows)));
  if (!answer?.is_done) return undefined;
  recollection.learn(wanted, rows);
  return outcomes;
}

function decide<Item extends Submission>(
  items: readonly Item[],
  admit: Admit<Item>,
  { scene }: Stage,
): readonly Outcome[] | undefined {
  try {
    const outcomes = items.map((item) => settle(item, admit, scene));
    scene.work.write();
    return outcomes;
  } catch (error) {
    if (error instanceof NotLoaded) return undefined;
    throw error;
  }
}

/** Nothing but messages, with their places in their conversations, and receipts. */
function isPlain(rows: LoadedRows, { answers, entries, events }: Stage): boolean {
  const { conversations, newMessages: _messages, receipts: _receipts, ...others } = rows.writes;
  const more = [answers, entries, events, ...Object.values(others)];
  return (
    more.every(({ length }) => length === 0) &&
    conversations.every(({ head, record, counts }) => {
      const before = rows.conversation(head.conversationId);
      return before?.record === record && before?.counts === counts;
    })
  );
}

const headColumns: readonly Column<ConversationState | undefined>[] = [
  ["text", (state) => state?.head.conversationId],
  ["bigint", (state) => state?.head.rev],
];

interface Watermark {
  readonly key: number;
  readonly userId: string;
  readonly receipt: Receipt | undefined;
}

const watermarkColumns: readonly Column<Watermark>[] = [
  ["bigint", ({ key }) => key],
  ["text", ({ userId }) => userId],
  ["bigint", ({ receipt }) => receipt?.deliveredSeq ?? 0],
  ["bigint", ({ receipt }) => receipt?.readSeq ?? 0],
];

const stateColumns: readonly Column<ConversationState>[] = [
  ["bigint", ({ key }) => key],
  ["bigint", ({ head }) => head.rev],
  ["bigint", ({ head }) => head.seq],
  ["bigint", ({ activeAt }) => activeAt],
];

/** What must not have changed. */
function premises(wanted: Wanted, rows: LoadedRows): readonly (readonly unknown[])[] {
  const states = [...wanted.conversations].map((id) => rows.conversation(id));
  const watermarks = [...wanted.receipts.values()].map(({ conversationId, userId }): Watermark => {
    const key = rows.conversation(conversationId)?.key ?? 0;
    return { key, userId, receipt: rows.receipt(key, conversationId, userId) };
  });
  return [...valuesOf(states, headColumns), ...valuesOf(watermarks, watermarkColumns)];
}

function consequences({ writes }: LoadedRows): readonly (readonly unknown[])[] {
  const { conversations, newMessages, receipts }: Writes = writes;
  return [
    ...valuesOf(conversations, stateColumns),
    ...valuesOf(newMessages, newMessageColumns),
    ...valuesOf(receipts, receiptColumns),
    ...valuesOf(newMessages, [wordsColumn]),
  ];
}

const parameters: readonly ArrayType[] = [
  ["text", () => ""] satisfies Column<unknown>, // ids of commands
  ...headColumns,
  ...watermarkColumns,
  ...stateColumns,
  ...newMessageColumns,
  ...receiptColumns,
  wordsColumn,
].map(([type]) => type);

const atOnce = prepare(
  "commit at once",
  sql<{ is_done: boolean }>`SELECT tidings_commit(${""}, ${sql.join(
    parameters.map((type) => array(type, [])),
  )}) AS is_done`,
);
