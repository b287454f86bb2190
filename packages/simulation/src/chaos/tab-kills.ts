import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "@tidings/core";
import { createServer, issueToken, type TidingsServer } from "@tidings/server";
import type { BrowserContext, Page } from "playwright-core";
import { bundlePage } from "../../../../scripts/browser/bundle.ts";
import { launchChromium } from "../../../../scripts/browser/chromium.ts";
import { directTransport, SECRET, swiftPolicy, temporaryFolder, wideBounds } from "../backend.ts";
import { readHistory } from "../history.ts";
import { textOf } from "../texts.ts";
import { sleep } from "../until.ts";

export interface TabKillOptions {
  /** Of which the client has promised to keep them, before the last page. */
  readonly messages: number;
  readonly random: Random;
  readonly say?: (line: string) => void;
}

export interface TabKillResult {
  readonly promised: number;
  /** Each killed at a random moment, its successor a new page on the same storage. */
  readonly tabs: number;
  /** Nothing, if all is well. */
  readonly findings: readonly string[];
}

const entry = fileURLToPath(new URL("../page/sender.ts", import.meta.url));
/** However fast the machine is. */
const FEWEST_TABS = 5;
/** No tab uses a number another was killed over. */
const NUMBERS_EACH = 10_000;

/** A page of Chromium that sends while its tab is killed again and again; then what the server has and the last page shows. */
export async function killTabs({ messages, random, say = () => {} }: TabKillOptions): Promise<TabKillResult> {
  const site = mkdtempSync(join(tmpdir(), "tidings-site-"));
  const folder = temporaryFolder();
  await bundlePage(entry, site);
  const server = await createServer({
    ...{ port: 0, dataFile: folder.file, secret: SECRET, serve: { dir: site } },
    ...{ policy: swiftPolicy, bounds: wideBounds },
  });
  const browser = await launchChromium();
  try {
    const sender: Sender = {
      ...{ server, context: await browser.newContext() },
      ...{ promised: new Set(), troubles: [], tabs: 0 },
    };
    const { promised } = sender;
    while (promised.size < messages || sender.tabs < FEWEST_TABS) {
      const page = await openTab(sender);
      await sleep(random.next() * 20 * (20 + sender.tabs)); // longer and longer, or a slow machine would never get to send
      await killTab(page);
      if (sender.tabs % 10 === 0) say(`${sender.tabs} tabs killed, ${promised.size} messages promised`);
    }
    const { tabs } = sender;
    const last = await openTab(sender);
    const shown = await last.evaluate(() => window.rest());
    return { tabs, promised: promised.size, findings: await judge(sender, shown) };
  } finally {
    await browser.close();
    await server.close();
    folder.remove();
    rmSync(site, { recursive: true, force: true });
  }
}

interface Sender {
  readonly server: TidingsServer;
  readonly context: BrowserContext;
  /** Numbers whose `send` has resolved. */
  readonly promised: Set<number>;
  readonly troubles: string[];
  tabs: number;
}

/** What was promised is there, once, in its order, and shown as sent; nothing is left waiting. */
async function judge(
  { server, promised, troubles }: Sender,
  shown: readonly string[],
): Promise<readonly string[]> {
  const bob = await issueToken({ secret: SECRET, userId: "bob" });
  const { messages } = await readHistory(directTransport(server), bob, "general");
  const texts = messages.map(textOf);
  const numbers = texts.map(Number);
  const there = new Set(numbers);
  const wanted = texts.map((text) => `sent ${text}`);
  return [
    ...troubles,
    ...[...promised].filter((number) => !there.has(number)).map((number) => `lost: ${number}`),
    ...numbers.filter((number, at) => numbers.indexOf(number) !== at).map((number) => `doubled: ${number}`),
    ...numbers
      .filter((number, at) => number < (numbers[at - 1] ?? 0))
      .map((number) => `overtaken: ${number}`),
    ...shown.filter((line, at) => line !== wanted[at]).map((line) => `shown: ${line}`),
    ...wanted.slice(shown.length).map((line) => `not shown: ${line}`),
  ];
}

async function openTab(sender: Sender): Promise<Page> {
  const { context, promised, troubles } = sender;
  const { port } = sender.server;
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(String(error)));
  await page.exposeFunction("promised", (number: number) => void promised.add(number));
  const query = new URLSearchParams({
    server: `ws://127.0.0.1:${port}`,
    token: await issueToken({ secret: SECRET, userId: "ada" }),
    from: `${(sender.tabs += 1) * NUMBERS_EACH}`,
  });
  await page.goto(`http://127.0.0.1:${port}/?${query}`);
  return page;
}

/** Ends the tab's process at once, as running out of memory does. */
async function killTab(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => {}); // nobody is left to answer
  await crashed;
  await page.close();
}
