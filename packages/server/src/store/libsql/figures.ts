import { setImmediate } from "node:timers/promises";
import type { Rows } from "../rows.ts";
import { figuresFrom, type FiguresOf, type FiguresRow, figuresStatement, MOST_MEASURED } from "../figures.ts";
import type { Connection } from "./database.ts";
import { createSeqAt } from "./queries/seq-at.ts";

/** See `FiguresOf`. */
export function createFigures(connection: Connection, tables: Rows): FiguresOf {
  const value = (place: number): string => `?${place}`;
  const days = connection.prepare<FiguresRow>(figuresStatement(value, true));
  const total = connection.prepare<FiguresRow>(figuresStatement(value, false));
  const seqAt = createSeqAt(connection);
  return async ({ conversationId, since, until, offsetMs }) => {
    const conversation = tables.conversation(conversationId);
    if (!conversation) return undefined;
    const { key, head } = conversation;
    const from = seqAt(key, head.seq, since) - 1;
    const values = [key, from, from + MOST_MEASURED.embedded, since, until, offsetMs] as const;
    const byDay = days.all(...values);
    await setImmediate(); // Whoever waits has a turn.
    return figuresFrom(byDay, total.all(...values));
  };
}
