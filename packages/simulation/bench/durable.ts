import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { bundlePage } from "../../../scripts/browser/bundle.ts";
import { chromiumPath, FLAGS } from "../../../scripts/browser/chromium.ts";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 5;
const SINGLE = 300;
const BURST = 1_000;
/** An origin for the page; nothing is there, every request is answered here. */
const ORIGIN = "http://tidings.localhost";

/** What it costs to keep a promise: a durable `send` beside the database's own write of the same bytes. */
export async function durable(): Promise<readonly Table[]> {
  if (chromiumPath === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const site = join(folder, "site");
  await bundlePage(fileURLToPath(new URL("page/durable.ts", import.meta.url)), site);
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: chromiumPath,
    args: [...FLAGS],
  });
  try {
    const page = await context.newPage();
    await page.route(`${ORIGIN}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname === "/page.js" ? "page.js" : "index.html";
      const contentType = name === "page.js" ? "text/javascript" : "text/html";
      await route.fulfill({ body: readFileSync(join(site, name)), contentType });
    });
    await page.goto(ORIGIN);
    return [await measure(page)];
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
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
