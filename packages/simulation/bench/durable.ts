import type { Page } from "playwright-core";
import { inPage } from "./lib/page.ts";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 5;
const SINGLE = 300;
const BURST = 1_000;

/** What it costs to keep a promise: a durable `send` beside the database's own write of the same bytes. */
export async function durable(): Promise<readonly Table[]> {
  const table = await inPage("durable", measure);
  return table ? [table] : [];
}

async function measure(page: Page): Promise<Table> {
  const rows: Row[] = [];
  const kinds = [
    { name: "one at a time", how: "single", count: SINGLE },
    { name: "a burst of 1,000", how: "burst", count: BURST },
  ] as const;
  for (const { name, how, count } of kinds) {
    const found: Record<"bare" | "client", number[]> = { bare: [], client: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const who of ["bare", "client"] as const) {
        const ms = await page.evaluate(([w, h, c]) => window.measure(w, h, c), [who, how, count] as const);
        found[who].push(ms / count);
      }
    }
    const [bare, client] = [median(found.bare), median(found.client)];
    rows.push({
      name,
      figures: { "bare ms": bare, "send ms": client, "× bare": client / bare },
    });
  }
  return {
    title: "Durable send: IndexedDB in Chromium, profile on disk, strict",
    note: `Per message, median of ${ROUNDS} rounds. Bare: a transaction per message, or one for the burst.`,
    rows,
  };
}
