import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { within } from "./lib/deadline.ts";
import { median, type Row, type Table } from "./lib/table.ts";
import { paintsOf, type Paints } from "./lib/trace.ts";

const ROUNDS = 5;
/** How much slower the processor pretends to be: this machine's, and that of a middling phone. */
const SLOWER = [1, 4];
/** Long enough after the newest message is there for everything that follows it. */
const QUIET_MS = 1_500;
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What the chat app weighs, and how soon it is there, out of Chromium's own trace. */
export async function pageWeight(): Promise<readonly Table[]> {
  if (chromiumPath === undefined) return [];
  const demo = await within(30_000, "start the demo", startDemo());
  const browser = await launchChromium();
  try {
    const rows: Row[] = [];
    for (const slower of SLOWER) rows.push(...(await measure(browser, demo.link, slower)));
    return [await scriptTable(browser, demo.link), paintTable(rows)];
  } finally {
    await browser.close();
    demo.stop();
  }
}

interface Visit extends Paints {
  /** From the navigation to the first message on the page. */
  readonly messagesMs: number;
}

interface RunningDemo {
  readonly link: string;
  stop(): void;
}

/** `npm run demo`, as it was built by the task. */
function startDemo(): Promise<RunningDemo> {
  const child = spawn(process.execPath, ["examples/react-chat/dist/demo.mjs", "--port", "0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`unable to start the demo; it ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const link = /^ {2}ada +(\S+)$/.exec(line)?.[1];
      if (link !== undefined) resolve({ link, stop: () => void child.kill("SIGTERM") });
    });
  });
}

async function measure(browser: Browser, link: string, slower: number): Promise<readonly Row[]> {
  const found: Record<"first visit" | "second visit", Visit[]> = { "first visit": [], "second visit": [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    console.log(`page: round ${round + 1} of ${ROUNDS}, processor ${slower}× slower`);
    const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
    for (const visits of Object.values(found))
      visits.push(await within(60_000, "open the app", visit(browser, context, link, slower)));
    await context.close();
  }
  const middle = (visits: readonly Visit[], key: keyof Visit): number =>
    median(visits.map((each) => each[key]));
  return Object.entries(found).map(([name, visits]) => ({
    name: slower === 1 ? name : `${name}, ${slower}× slower`,
    figures: {
      "first paint ms": middle(visits, "firstMs"),
      "largest paint ms": middle(visits, "largestMs"),
      "messages ms": middle(visits, "messagesMs"),
      "blocked ms": middle(visits, "blockedMs"),
      "longest task ms": middle(visits, "longestTaskMs"),
    },
  }));
}

async function visit(
  browser: Browser,
  context: BrowserContext,
  link: string,
  slower: number,
): Promise<Visit> {
  const page = await context.newPage();
  await page.addInitScript(noteFirstMessage);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
  const timeline = ["devtools.timeline", "disabled-by-default-devtools.timeline"];
  const categories = ["-*", "loading", "blink.user_timing", ...timeline];
  await browser.startTracing(page, { categories });
  await showChat(page, link);
  const paints = paintsOf((await browser.stopTracing()).toString("utf8"));
  const messagesMs = await page.evaluate(() => performance.getEntriesByName("messages")[0]?.startTime);
  await page.close();
  return { ...paints, messagesMs: messagesMs ?? Number.NaN };
}

/** Runs in the page, before anything else. */
function noteFirstMessage(): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector(".message")) return;
    performance.mark("messages");
    observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
}

async function showChat(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.locator(".message").last().waitFor();
  await page.waitForTimeout(QUIET_MS);
}

async function scriptTable(browser: Browser, link: string): Promise<Table> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: Record<string, Promise<Buffer>[]> = { script: [], stylesheet: [], document: [] };
  let requests = 0;
  page.on("response", (response) => {
    requests += 1;
    bodies[response.request().resourceType()]?.push(response.body());
  });
  await showChat(page, link);
  const rows: Row[] = [];
  for (const [name, loading] of Object.entries(bodies)) {
    const files = await Promise.all(loading);
    const kilobytes = (size: (file: Buffer) => number): number =>
      files.reduce((sum, file) => sum + size(file), 0) / 1_000;
    const figures = {
      kB: kilobytes((file) => file.length),
      "gzip kB": kilobytes((file) => gzipSync(file).length),
    };
    rows.push({ name, figures: { files: files.length, ...figures } });
  }
  await context.close();
  return {
    title: "The chat app: what is fetched to open it",
    note: `Production build, ${requests} requests in all. The demo's server sends it as it is; gzip is what another would send.`,
    rows,
  };
}

function paintTable(rows: readonly Row[]): Table {
  return {
    title: "The chat app: how soon it is there",
    note:
      `From Chromium's trace, medians of ${ROUNDS}; the server is on this machine. Blocked: what tasks of the main thread ` +
      `took beyond 50 ms each, after the first paint. The second visit has its messages in IndexedDB.`,
    rows,
  };
}
