import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../../scripts/browser/bundle.ts";
import { chromiumPath, FLAGS } from "../../../scripts/browser/chromium.ts";

const entry = fileURLToPath(new URL("page/writer.ts", import.meta.url));
const LIVES = 3;

/** A browser in processes of its own, with a profile on the disk. */
interface Running {
  readonly browser: Browser;
  /** All of it, at once, and without a word. */
  kill(): Promise<void>;
}

describe.skipIf(chromiumPath === undefined)("in Chromium, killed or full", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-chromium-"));
  const running = new Set<Running>();
  let server: Server;
  let address = "";

  beforeAll(async () => {
    await bundlePage(entry, folder);
    server = createServer(({ url }, response) => {
      const isScript = url?.startsWith("/page.js") === true;
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(readFileSync(join(folder, isScript ? "page.js" : "index.html")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${Object(server.address()).port}/`;
  }, 60_000);
  afterEach(async () => {
    for (const each of running) await each.kill();
    running.clear();
  });
  afterAll(() => {
    server?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** On a busy machine Chromium now and then comes up deaf; that is no business of a storage. */
  async function start(profile: string, attempts = 3): Promise<Running> {
    const flags = [
      ...FLAGS,
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${join(folder, profile)}`,
    ];
    // A group of its own, so that all its processes can be killed together.
    const child = spawn(chromiumPath ?? "", flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const kill = async (): Promise<void> => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, "SIGKILL");
      await gone;
      // Its other processes hold the database a moment longer; the next browser would find it taken.
      while (isThere(-child.pid)) await pause(10);
    };
    try {
      const browser = await chromium.connectOverCDP(await endpointOf(child), { timeout: 10_000 });
      // Another context than the profile's own would keep nothing, however the browser ends.
      if (browser.contexts().length === 0)
        throw new Error("unable to use the profile; the browser shows no context");
      const found = { browser, kill };
      running.add(found);
      return found;
    } catch (error) {
      await kill();
      if (attempts === 1) throw error;
      return start(profile, attempts - 1);
    }
  }

  async function openPage({ browser }: Running, kind: string): Promise<Page> {
    const [own] = browser.contexts();
    if (!own) throw new Error("unable to open a page; the browser is gone");
    const page = await own.newPage();
    await page.goto(`${address}?kind=${kind}`);
    return page;
  }

  /** Writes for a moment; what had resolved at the end of it. */
  async function writeAWhile(page: Page, turn: number): Promise<{ durability: string; promised: number[] }> {
    const durability = await page.evaluate((from) => window.begin(from), turn * 1_000_000);
    await page.waitForFunction(() => window.resolved.length > 20);
    await page.waitForTimeout(100 * turn);
    return { durability, promised: await page.evaluate(() => window.resolved) };
  }

  async function readAll(running: Running, kind: string): Promise<readonly unknown[]> {
    const page = await openPage(running, kind);
    const { ones, others } = await page.evaluate(() => window.found());
    expect(ones).toEqual(others);
    return ones;
  }

  const missing = (promised: readonly number[], found: readonly unknown[]): readonly number[] => {
    const kept = new Set(found);
    return promised.filter((number) => !kept.has(number));
  };

  it("[S17, S19] IndexedDB has all that was written, each write whole", async () => {
    const all: number[] = [];
    for (let turn = 0; turn < LIVES; turn += 1) {
      const life = await start("indexeddb");
      const { durability, promised } = await writeAWhile(await openPage(life, "indexeddb"), turn);
      await life.kill();
      expect(durability).toBe("strict");
      all.push(...promised);
    }
    expect(missing(all, await readAll(await start("indexeddb"), "indexeddb"))).toEqual([]);
  });

  it("[S19] localStorage has each write whole", async () => {
    for (let turn = 0; turn < LIVES; turn += 1) {
      const life = await start("local-storage");
      const page = await openPage(life, "local-storage");
      expect((await writeAWhile(page, turn)).durability).toBe("relaxed");
      await life.kill();
    }
    await readAll(await start("local-storage"), "local-storage");
  });

  it("[S20] localStorage says when it is full, and lets go of everything then", async () => {
    const page = await openPage(await start("full"), "local-storage");
    const { code, taken, left } = await page.evaluate(() => window.fillUp());
    expect([code, left]).toEqual(["storage/full", 0]);
    expect(taken).toBeGreaterThan(10);
  });

  it("[S17] localStorage has all that was written before its tab was killed", async () => {
    const life = await start("tabs");
    const all: number[] = [];
    for (let turn = 0; turn < LIVES; turn += 1) {
      const page = await openPage(life, "local-storage");
      all.push(...(await writeAWhile(page, turn)).promised);
      const session = await page.context().newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      session.send("Page.crash").catch(() => {}); // nobody is left to answer
      await crashed;
    }
    expect(missing(all, await readAll(life, "local-storage"))).toEqual([]);
  });
});

/** Is any of a group of processes left? */
function isThere(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (text) => {
      said += String(text);
      const [, url] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)));
  });
}
