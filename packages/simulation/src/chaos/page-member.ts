import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { bundlePage } from "../../../../scripts/browser/bundle.ts";
import { chromiumPath, FLAGS } from "../../../../scripts/browser/chromium.ts";
import type { MemberState, Word } from "./chatter.ts";
import type { ChaosMember, ChaosMemberOptions } from "./member.ts";

const entry = fileURLToPath(new URL("page.ts", import.meta.url));

/** A page of Chromium with IndexedDB, on a profile on disk; its tab is what is killed. */
export async function createPageMember(options: ChaosMemberOptions): Promise<ChaosMember> {
  const { userId, proxy, token, folder, hear } = options;
  const site = join(folder, "site");
  await bundlePage(entry, site);
  const server = await serve(site);
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: chromiumPath ?? "",
    args: [...FLAGS],
  });
  await context.exposeFunction("tell", (word: Word) => hear(word));
  let page: Page | undefined;
  let lives = 0;

  const open = async (): Promise<void> => {
    page = await context.newPage();
    page.on("pageerror", (error) => hear({ type: "failed", what: error.stack ?? error.message }));
    const query = new URLSearchParams({
      server: proxy.url,
      token,
      user: userId,
      prefix: `${userId} ${++lives}`,
    });
    await page.goto(`${server.url}/?${query.toString()}`);
  };

  await open();
  return {
    userId,
    proxy,
    async kill() {
      if (page) await crash(context, page);
      page = undefined;
    },
    start: open,
    rest: async () => page?.evaluate(() => window.fallSilent()),
    async show(): Promise<MemberState> {
      if (!page) throw new Error("unable to show anything; the page is not there");
      return page.evaluate(() => window.show());
    },
    async close() {
      await context.close();
      await server.close();
    },
  };
}

/** Ends the tab's process as a crash does; nothing of the page runs after it. */
async function crash(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const crashed = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  session.send("Page.crash").catch(() => {}); // nobody is left to answer
  await crashed;
  await page.close().catch(() => {});
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
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
