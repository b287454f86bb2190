import { setImmediate } from "node:timers/promises";
import type { Rows } from "../rows.ts";
import {
  type BeyondRow,
  beyondStatement,
  figuresFrom,
  type FiguresOf,
  type FiguresRow,
  figuresStatement,
  MOST_MEASURED,
} from "../figures.ts";
import type { Connection } from "./database.ts";
import { createSeqAt } from "./queries/seq-at.ts";

/** See `FiguresOf`. */
export function createFigures(connection: Connection, tables: Rows): FiguresOf {
  const value = (place: number): string => `?${place}`;
  const days = connection.prepare<FiguresRow>(figuresStatement(value, true));
  const total = connection.prepare<FiguresRow>(figuresStatement(value, false));
  const beyond = connection.prepare<BeyondRow>(beyondStatement(value));
  const seqAt = createSeqAt(connection);
  return async ({ conversationId, since, until, offsetMs }) => {
    const conversation = tables.conversation(conversationId);
    if (!conversation) return undefined;
    const { key, head } = conversation;
    const from = seqAt(key, head.seq, since) - 1;
    const last = from + MOST_MEASURED.embedded;
    const values = [key, from, last, since, until, offsetMs] as const;
    const byDay = days.all(...values);
    await setImmediate(); // Whoever waits has a turn.
    return figuresFrom(byDay, total.all(...values), beyond.get(key, last), { until });
  };
}
