import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../../scripts/browser/bundle.ts";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import type {} from "../src/page/inspected.ts";

const entry = fileURLToPath(new URL("../src/page/inspected.ts", import.meta.url));
/** Nothing inline, no style from anywhere, nothing that could become script. */
const POLICY = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'";
const MESSAGES = 10_000;
/** All cards, with as many rows as they ever have. */
const MOST_ELEMENTS = 4_000;

describe.skipIf(chromiumPath === undefined)("the inspector in a page of a strict policy", () => {
  const site = mkdtempSync(join(tmpdir(), "tidings-inspector-"));
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await bundlePage(entry, site);
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.route("http://inspector.test/**", (route) => {
      const { pathname } = new URL(route.request().url());
      const name = pathname === "/" ? "index.html" : pathname.slice(1);
      return route.fulfill({ path: join(site, name), headers: { "content-security-policy": POLICY } });
    });
    await page.goto("http://inspector.test/");
    await page.waitForFunction(() => "inspected" in window);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(site, { recursive: true, force: true });
  });

  it("has its looks, draws both machines, and lights where they are", async () => {
    const panel = page.locator(".panel");
    expect(await panel.evaluate((element) => getComputedStyle(element).padding)).toBe("12px");
    await page.evaluate(() => window.inspected.send(1));
    await expect.poll(() => panel.locator(".state.now text").allTextContents()).toEqual(["online", "sent 1"]);
    expect(await panel.locator(".state text").count()).toBe(6 + 7);
    expect(await panel.locator(".machine .move").count()).toBeGreaterThan(25);
  });

  it("[D9] stays as small and as quick however much is sent", { timeout: 120_000 }, async () => {
    await page.evaluate((count) => window.inspected.send(count), MESSAGES);
    const lives = page.getByRole("list", { name: "Latest commands" }).getByRole("listitem");
    await expect.poll(() => lives.count()).toBe(100);
    expect(await page.evaluate(() => window.inspected.elements())).toBeLessThan(MOST_ELEMENTS);
    expect(await page.evaluate(() => window.inspected.drawnAtOnce())).toBe(1);
  });

  it("goes without a trace when it is taken away", async () => {
    await page.evaluate(() => window.inspected.unmount());
    expect(await page.locator("main").innerHTML()).toBe("");
    await page.evaluate(() => window.inspected.send(1));
    expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([]);
  });
});
