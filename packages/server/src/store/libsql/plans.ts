import type { NoteRecord } from "@tidings/core/protocol";
import { DUE_AT_ONCE, type Plans } from "../plans.ts";
import type { Connection } from "./database.ts";
import { decode } from "./tables.ts";

/** See `Plans`. */
export function createPlans({ prepare }: Connection): Plans {
  const due = prepare<{ record: string }>(
    `SELECT record FROM notes WHERE due_at <= ? ORDER BY due_at, conversation, id LIMIT ${DUE_AT_ONCE} OFFSET ?`,
  );
  const next = prepare<{ due_at: number | null }>("SELECT min(due_at) AS due_at FROM notes WHERE due_at > ?");
  return {
    due: async (until, past = 0) => due.all(until, past).map(decode<NoteRecord>),
    next: async (after) => next.get(after)?.due_at ?? undefined,
  };
}
