import { issueToken } from "@tidings/server";
import type { CDPSession, Page } from "playwright-core";
import { within } from "./lib/deadline.ts";
import { type LongConversation, startLongConversation } from "./lib/long-conversation.ts";
import { inPage } from "./lib/page.ts";
import { median, quantile, type Row, type Table } from "./lib/table.ts";
import { BENCH_SECRET } from "./lib/tidings-link.ts";

const LENGTH = 100_000;
const PER_SECOND = 50;
const SPOKEN = 400;
const FRAMES = 300;
const PX_PER_FRAME = 240;
const PAINTS = 5;
/** As many as a client keeps of one conversation. */
const KEPT = 1_000;
const LONG_FRAME_MS = 50;

const contenders = [
  { name: "useTimeline, 50 items", kind: "client", screen: "timeline", base: "slice" },
  { name: "useState, last 50", kind: "array", screen: "slice", base: "slice" },
  { name: "useHistory, virtual list", kind: "client", screen: "history", base: "virtual" },
  { name: "useState, virtual list", kind: "array", screen: "virtual", base: "virtual" },
  { name: "useState, by id and in order", kind: "array", screen: "in-order", base: "virtual" },
] as const;
type Contender = (typeof contenders)[number];

interface Measured {
  readonly commitsMs: readonly number[];
  /** Of the main thread, for everything a message causes. */
  readonly busyMs: number;
  readonly heapBytes: number;
  readonly gapsMs: readonly number[];
}

/** A hundred thousand messages in Chromium: our hooks beside an array in `useState`. */
export async function react(): Promise<readonly Table[]> {
  const tables = await inPage("react", async (page) => {
    page.on("console", (message) => console.log(`  ${message.text()}`));
    page.on("pageerror", (error) => console.error(error));
    console.log(`react: ${LENGTH.toLocaleString("en")} messages are being said`);
    const conversation = await within(180_000, "fill the server", startLongConversation(LENGTH));
    try {
      const found = new Map<Contender, Measured>();
      for (const contender of contenders) {
        console.log(`react: ${contender.name}`);
        found.set(contender, await measure(page, contender, conversation));
      }
      console.log("react: first paint from what is kept");
      return [liveTable(found), paintTable(await measurePaints(page))];
    } finally {
      await within(20_000, "stop the server", conversation.close());
    }
  });
  return tables ?? [];
}

async function measure(page: Page, contender: Contender, conversation: LongConversation): Promise<Measured> {
  await within(20_000, "open the page", page.reload());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await within(20_000, "show the newest", open(page, contender, conversation));
  const before = await heapOf(cdp);
  await within(
    180_000,
    "load everything",
    page.evaluate((length) => window.loadAll(length), LENGTH),
  );
  const heapBytes = (await heapOf(cdp)) - before;
  const speaks = (count: number): Promise<void> =>
    within(30_000, "say it all", conversation.speak(count, PER_SECOND));
  await speaks(PER_SECOND); // warm
  await page.evaluate(() => window.takeCommits());
  const busyBefore = await busyOf(cdp);
  await speaks(SPOKEN);
  const busyMs = ((await busyOf(cdp)) - busyBefore) / SPOKEN;
  const commitsMs = await page.evaluate(() => window.takeCommits());
  const gapsMs = contender.base === "virtual" ? await scrollThrough(page, speaks) : [];
  await cdp.detach();
  return { commitsMs, busyMs, heapBytes, gapsMs };
}

async function open(
  page: Page,
  { kind, screen }: Contender,
  { url, plainUrl }: LongConversation,
): Promise<void> {
  if (kind === "array") {
    await page.evaluate(([which, address]) => window.openArray(which, address), [screen, plainUrl] as const);
    return;
  }
  const token = await issueToken({ secret: BENCH_SECRET, userId: "ada" });
  await page.evaluate(([which, address, pass]) => window.openClient(which, address, pass), [
    screen,
    url,
    token,
  ] as const);
}

/** Up and down while messages go on arriving. */
async function scrollThrough(
  page: Page,
  speaks: (count: number) => Promise<void>,
): Promise<readonly number[]> {
  const scrolled = page.evaluate(([frames, px]) => window.scrollThrough(frames, px), [
    FRAMES,
    PX_PER_FRAME,
  ] as const);
  const speaking = speaks(PER_SECOND * 5);
  const gaps = await within(120_000, "scroll", scrolled);
  await speaking;
  return gaps;
}

async function measurePaints(page: Page): Promise<{ readonly client: number; readonly array: number }> {
  await page.reload();
  await within(
    60_000,
    "keep an array",
    page.evaluate(([length, newest]) => window.keep(length, newest), [LENGTH, KEPT] as const),
  );
  const found: Record<"client" | "array", number[]> = { client: [], array: [] };
  for (let round = 0; round < PAINTS; round += 1) {
    await page.reload();
    found.client.push(
      await within(
        20_000,
        "paint",
        page.evaluate(() => window.clientFromCache()),
      ),
    );
    await page.reload();
    found.array.push(
      await within(
        20_000,
        "paint",
        page.evaluate(() => window.arrayFromCache()),
      ),
    );
  }
  return { client: median(found.client), array: median(found.array) };
}

/** Bytes of JavaScript objects that are still of use. */
async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  return (await cdp.send("Runtime.getHeapUsage")).usedSize;
}

async function busyOf(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
}

function liveTable(found: ReadonlyMap<Contender, Measured>): Table {
  const commitOf = (screen: string): number =>
    median([...found].find(([contender]) => contender.screen === screen)?.[1].commitsMs ?? []);
  const rows = [...found].map(([contender, { commitsMs, busyMs, heapBytes, gapsMs }]): Row => {
    const commit = median(commitsMs);
    const scrolling =
      gapsMs.length > 0
        ? {
            [`frames > ${LONG_FRAME_MS} ms`]: gapsMs.filter((gap) => gap > LONG_FRAME_MS).length,
            "frame p95 ms": quantile(gapsMs, 0.95),
          }
        : {};
    return {
      name: contender.name,
      figures: {
        "commit ms": commit,
        "× useState": commit / commitOf(contender.base),
        "p95 ms": quantile(commitsMs, 0.95),
        "busy ms/message": busyMs,
        "heap bytes/message": heapBytes / LENGTH,
        ...scrolling,
      },
    };
  });
  return {
    title: `React: ${LENGTH.toLocaleString("en")} messages on one screen, ${PER_SECOND} more a second`,
    note:
      `Chromium, production React. Commit: from a message's arrival at the socket to React's commit, median. Busy: the main ` +
      `thread, per message, painting included. Of ${FRAMES} frames that scroll ${PX_PER_FRAME} px each while messages ` +
      `arrive, those that took too long. useState has no history on disk, no order, no second look at anything.`,
    rows,
  };
}

function paintTable({ client, array }: { readonly client: number; readonly array: number }): Table {
  return {
    title: `React: first paint of the same conversation from what is kept (${KEPT.toLocaleString("en")} messages)`,
    note: `Chromium, IndexedDB, no network; from nothing to messages painted. Medians of ${PAINTS}.`,
    rows: [
      { name: "createClient, useTimeline", figures: { ms: client, "× useState": client / array } },
      { name: "getAll, useState", figures: { ms: array, "× useState": 1 } },
    ],
  };
}
