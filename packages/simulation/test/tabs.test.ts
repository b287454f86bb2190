import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@tidings/core/testing";
import { createServer, issueToken, type TidingsServer } from "@tidings/server";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundlePage } from "../../../scripts/browser/bundle.ts";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { directTransport, SECRET, swiftPolicy, temporaryFolder, wideBounds } from "../src/backend.ts";
import { readHistory } from "../src/history.ts";
import type {} from "../src/page/tab.ts";
import { isLong } from "../src/seeds.ts";
import { textOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";

const entry = fileURLToPath(new URL("../src/page/tab.ts", import.meta.url));
const TABS = 10;
const KILLS = isLong ? 1_000 : 8;
/** Tabs there are while leaders are killed. */
const SEATS = 3;

describe.skipIf(chromiumPath === undefined)("the tabs of one browser", { timeout: 1_800_000 }, () => {
  const site = mkdtempSync(join(tmpdir(), "tidings-site-"));
  let folder: ReturnType<typeof temporaryFolder>;
  let browser: Browser;
  let context: BrowserContext;
  let server: TidingsServer;
  let promised: Set<string>;

  beforeAll(async () => {
    await bundlePage(entry, site);
    browser = await launchChromium();
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    promised = new Set();
    context = await browser.newContext();
    server = await createServer({
      ...{ port: 0, dataFile: folder.file, secret: SECRET, serve: { dir: site } },
      ...{ policy: swiftPolicy, bounds: wideBounds },
    });
  });
  afterEach(async () => {
    await context.close();
    await server.close();
    folder.remove();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(site, { recursive: true, force: true });
  });

  const openTab = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.exposeFunction("kept", (text: string) => void promised.add(text));
    const token = await issueToken({ secret: SECRET, userId: "ada" });
    const query = new URLSearchParams({ server: `ws://127.0.0.1:${server.port}`, token });
    await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
    return page;
  };

  const openTabs = (count: number): Promise<Page[]> => Promise.all(Array.from({ length: count }, openTab));

  const all = async (pages: readonly Page[], holds: (page: Page) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(pages.map(holds))).every(Boolean);

  const online = (pages: readonly Page[]): Promise<void> =>
    until("all tabs online", () => all(pages, (page) => page.evaluate(() => window.tab.isOnline())));

  const history = async (): Promise<string[]> => {
    const bob = await issueToken({ secret: SECRET, userId: "bob" });
    const { messages } = await readHistory(directTransport(server), bob, "general");
    return messages.map(textOf);
  };

  /** Once whoever has read the history is gone. */
  const oneConnection = (): Promise<void> => until("one connection", () => server.connections === 1);

  const atRest = (pages: readonly Page[]): Promise<void> =>
    until("all at rest", () => all(pages, (page) => page.evaluate(() => window.tab.isAtRest())));

  it("have one socket between them, and each reads and sends as the others do", async () => {
    const pages = await openTabs(TABS);
    await online(pages);
    expect(server.connections).toBe(1);
    await Promise.all(
      pages.map((page, index) => page.evaluate((name) => window.tab.send(name, 5), `tab${index}`)),
    );
    await until("everything sent", async () => (await history()).length === TABS * 5);
    await atRest(pages);
    const texts = await history();
    for (const page of pages) expect(await page.evaluate(() => window.tab.texts())).toEqual(texts);
    expectEachInOrder(texts);
    await oneConnection();
  });

  it("[D1, D2, D7] lose and double nothing, whenever the one that has the link is killed", async () => {
    const random = seededRandom(1);
    const pages = await openTabs(SEATS);
    const takeovers: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await online(pages);
      const leads = await Promise.all(pages.map((page) => page.evaluate(() => window.tab.leads())));
      const [leader] = pages.splice(leads.indexOf(true), 1);
      if (!leader) throw new Error("nobody has the link");
      const sending = [leader, ...pages].map((page, index) =>
        page.evaluate((name) => window.tab.send(name, 10), `kill${kill}-${index}`),
      );
      await Promise.all(sending);
      await sleep(random.next() * 60);
      await killTab(leader);
      const killedAt = performance.now();
      await until("another has the link", async () =>
        (await Promise.all(pages.map((page) => page.evaluate(() => window.tab.leads())))).includes(true),
      );
      takeovers.push(performance.now() - killedAt);
      pages.push(await openTab());
    }
    await online(pages);
    await atRest(pages);
    const texts = await history();
    expect(new Set(texts).size).toBe(texts.length);
    expect([...promised].filter((text) => !texts.includes(text))).toEqual([]);
    expectEachInOrder(texts);
    await oneConnection();
    takeovers.sort((one, other) => one - other);
    const p99 = takeovers[Math.ceil(takeovers.length * 0.99) - 1] ?? 0;
    console.log(`${KILLS} leaders killed, ${texts.length} messages; takeover p99 ${Math.round(p99)} ms`);
  });
});

/** What one tab has said stands in the order in which it said it. */
function expectEachInOrder(texts: readonly string[]): void {
  for (const tab of new Set(texts.map((text) => text.split(" ")[0]))) {
    const said = texts.filter((text) => text.startsWith(`${tab} `));
    const numbers = said.map((text) => Number(text.split(" ")[1]));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
  }
}

/** Ends the tab's process at once, as running out of memory does. */
async function killTab(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => {}); // nobody is left to answer
  await crashed;
  await page.close();
}
