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
import { isLong, replayable } from "../src/seeds.ts";
import { textOf } from "../src/texts.ts";
import { sleep } from "../src/until.ts";

const entry = fileURLToPath(new URL("../src/page/sender.ts", import.meta.url));
/** Messages of which the client has promised to keep them, before the last page. */
const MESSAGES = isLong ? 1_000 : 200;

/** However fast the machine is. */
const FEWEST_TABS = 5;

describe.skipIf(chromiumPath === undefined)("a tab that is killed", { timeout: 300_000 }, () => {
  const site = mkdtempSync(join(tmpdir(), "tidings-site-"));
  let folder: ReturnType<typeof temporaryFolder>;
  let browser: Browser;
  let server: TidingsServer;

  beforeAll(async () => {
    await bundlePage(entry, site);
    browser = await launchChromium();
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    server = await createServer({
      ...{ port: 0, dataFile: folder.file, secret: SECRET, serve: { dir: site } },
      ...{ policy: swiftPolicy, bounds: wideBounds },
    });
  });
  afterEach(async () => {
    await server.close();
    folder.remove();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(site, { recursive: true, force: true });
  });

  it.each(replayable([1], 3))(
    "[D1, D2, D7] loses and doubles nothing, whenever that is (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const context = await browser.newContext();
      const promised = new Set<number>();
      const troubles: string[] = [];
      let tabs = 0;
      while (promised.size < MESSAGES || tabs < FEWEST_TABS) {
        const page = await openTab(context, (tabs += 1), server, promised, troubles);
        await sleep(random.next() * 20 * (20 + tabs)); // longer and longer, or a slow machine would never get to send
        await killTab(page);
      }
      const last = await openTab(context, tabs + 1, server, promised, troubles);
      const shown = await last.evaluate(() => window.rest());
      expect(troubles).toEqual([]);

      const bob = await issueToken({ secret: SECRET, userId: "bob" });
      const { messages } = await readHistory(directTransport(server), bob, "general");
      const texts = messages.map(textOf);
      const numbers = texts.map(Number);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect([...promised].filter((number) => !numbers.includes(number))).toEqual([]);
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      expect(shown).toEqual(texts.map((text) => `sent ${text}`));
    },
  );
});

async function openTab(
  context: BrowserContext,
  tab: number,
  { port }: TidingsServer,
  promised: Set<number>,
  troubles: string[],
): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(String(error)));
  await page.exposeFunction("promised", (number: number) => void promised.add(number));
  const query = new URLSearchParams({
    server: `ws://127.0.0.1:${port}`,
    token: await issueToken({ secret: SECRET, userId: "ada" }),
    from: `${tab * 10_000}`, // so that no tab uses a number another was killed over
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
