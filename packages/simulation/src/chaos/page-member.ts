import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CDPSession, Page } from "playwright-core";
import { bundlePage } from "../../../../scripts/browser/bundle.ts";
import { type BrowserProcess, startBrowser } from "./browser-process.ts";
import type { ChaosMember, ChaosMemberOptions } from "./member.ts";
import type { Word } from "./word.ts";

const entry = fileURLToPath(new URL("page.ts", import.meta.url));
/** Less than a few messages take. */
const LAST_BYTES = 4_096;
/** More than a run ever stores, and little enough to be asked for at once: Chromium looks at a quota only when it must. */
const AMPLE_BYTES = 32_000_000;

interface Tab {
  readonly page: Page;
  readonly session: CDPSession;
}

/** A page of Chromium with IndexedDB, on a profile on disk; its tab is what is killed, or its browser. */
export async function createPageMember(options: ChaosMemberOptions): Promise<ChaosMember> {
  const { userId, others, proxy, token, folder, hear } = options;
  const site = join(folder, "site");
  await bundlePage(entry, site);
  const server = await serve(site);
  let browser = await launch();
  let tab: Tab | undefined;
  let lives = 0;

  async function launch(): Promise<BrowserProcess> {
    const launched = await startBrowser(join(folder, "profile"));
    await launched.context.exposeFunction("tell", (word: Word) => hear(word));
    return launched;
  }

  const open = async (): Promise<void> => {
    if (!browser.isAlive()) browser = await launch();
    const page = await browser.context.newPage();
    tab = { page, session: await browser.context.newCDPSession(page) };
    page.on("pageerror", (error) => hear({ type: "failed", what: error.stack ?? error.message }));
    await allow(tab, server.url, AMPLE_BYTES);
    const query = new URLSearchParams({
      server: proxy.url,
      token,
      user: userId,
      prefix: `${userId} ${++lives}`,
      others: others.join(),
    });
    await page.goto(`${server.url}/?${query.toString()}`);
  };

  const shown = (): Tab => {
    if (!tab) throw new Error("unable to ask the page; it is not there");
    return tab;
  };

  await open();
  return {
    userId,
    proxy,
    deaths: {
      async "crash page"() {
        const dying = tab;
        tab = undefined;
        return dying !== undefined && crash(dying);
      },
      async "kill browser"() {
        tab = undefined;
        return browser.kill();
      },
    },
    start: open,
    async fill(isFull) {
      await allow(shown(), server.url, isFull ? LAST_BYTES : AMPLE_BYTES);
      return !isFull || shown().page.evaluate((bytes) => window.isTooMuch(bytes), AMPLE_BYTES);
    },
    rest: () => shown().page.evaluate(() => window.fallSilent()),
    show: () => shown().page.evaluate(() => window.show()),
    recall: (state) => shown().page.evaluate((seen) => window.recall(seen), state),
    async close() {
      await browser.kill();
      await server.close();
    },
  };
}

/** Lets the page's storage grow by so many bytes; forgotten with the session. */
async function allow({ session }: Tab, origin: string, bytes: number): Promise<void> {
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + bytes });
}

/** Ends the tab's process as a crash does; nothing of the page runs after it. */
async function crash({ page, session }: Tab): Promise<boolean> {
  if (page.isClosed()) return false;
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  session.send("Page.crash").catch(() => {}); // nobody is left to answer
  await crashed;
  await page.close().catch(() => {});
  return true;
}

async function serve(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const isScript = request.url?.startsWith("/page.js") === true;
    const file = join(folder, isScript ? "page.js" : "index.html");
    void readFile(file).then((content) => {
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    async close() {
      server.close();
      server.closeAllConnections(); // those of a browser that was killed
    },
  };
}
