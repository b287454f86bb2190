import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { chatPage } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { openWindow, takeScreenshot } from "./window.ts";

/** 10 200 messages. */
const DAYS = 340;

/** Runs in the page: where the row in the middle stands, by its key. */
const middle = (): { key: string; top: number } => {
  const log = document.querySelector(".messages");
  const at = (log?.getBoundingClientRect().top ?? 0) + (log?.clientHeight ?? 0) / 2;
  const rows = [...document.querySelectorAll<HTMLElement>(".messages [data-key]")];
  const row = rows.find((each) => each.getBoundingClientRect().bottom > at);
  return { key: row?.dataset["key"] ?? "", top: row?.getBoundingClientRect().top ?? 0 };
};

const topOf = (key: string): number =>
  document.querySelector(`.messages [data-key="${key}"]`)?.getBoundingClientRect().top ?? Number.NaN;

describe.skipIf(chromiumPath === undefined)("a long history", { timeout: 90_000 }, () => {
  let demo: Demo;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: DAYS, hasAlan: false, build: "development" });
    browser = await launchChromium();
    page = await openWindow(browser, await demo.linkOf("ada"), []);
    await chatPage(page).open("General");
    await page.locator(".message").first().waitFor();
    await page.locator(".messages").hover();
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it("does not move what one reads when older messages come above it", async () => {
    const scrollUp = async (): Promise<void> => {
      await page.mouse.wheel(0, -1_500);
      await page.waitForTimeout(180);
    };
    await scrollUp();
    const heights: number[] = [];
    const moves: number[] = [];
    for (let step = 0; step < 8; step += 1) {
      heights.push(await page.locator(".messages").evaluate(({ scrollHeight }) => scrollHeight));
      await scrollUp();
      const before = await page.evaluate(middle);
      await page.waitForTimeout(180);
      moves.push(Math.abs((await page.evaluate(topOf, before.key)) - before.top));
    }
    expect(heights.at(-1)).toBeGreaterThan((heights[0] ?? 0) * 1.5); // pages did come
    expect(Math.max(...moves)).toBeLessThanOrEqual(2);
  });

  it("stays with what one reads while new messages arrive below, and leads back to them", async () => {
    const before = await page.evaluate(middle);
    const other = await openWindow(browser, await demo.linkOf("grace"), []);
    const grace = chatPage(other);
    await grace.open("General");
    for (const text of ["Below one", "Below two"]) await grace.say(text);
    const jump = page.locator(".jump");
    await expect.poll(() => jump.innerText(), { timeout: 8_000 }).toMatch(/\d+ new/);
    expect(Math.abs((await page.evaluate(topOf, before.key)) - before.top)).toBeLessThanOrEqual(2);
    await takeScreenshot(page, "scrolled-back");
    await jump.click();
    await page.locator(".message", { hasText: "Below two" }).waitFor();
    await expect.poll(() => jump.count()).toBe(0);
    await other.context().close();
  });

  it("keeps the place of a picture that comes late", async () => {
    const late = await openWindow(browser, "about:blank", []);
    await late.route("**/tide.svg", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue();
    });
    await late.goto(await demo.linkOf("grace"));
    await late.locator(".conversation", { hasText: "General" }).click();
    const picture = late.locator(".picture");
    await picture.first().waitFor();
    const sizeOf = (): Promise<number> => picture.first().evaluate(({ clientHeight }) => clientHeight);
    const before = await sizeOf();
    await expect
      .poll(() => picture.first().evaluate((image) => image instanceof HTMLImageElement && image.complete))
      .toBe(true);
    expect(before).toBeGreaterThan(100);
    expect(await sizeOf()).toBe(before);
    await late.context().close();
  });

  it("goes through ten thousand messages, with only those in sight on the page", async () => {
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({ type: "longtask" });
    });
    const started = performance.now();
    let rows = 0;
    let isAtBeginning = false;
    while (!isAtBeginning) {
      await page.mouse.wheel(0, -30_000);
      await page.waitForTimeout(60);
      rows = Math.max(rows, await page.locator(".messages .message").count());
      if (performance.now() - started > 75_000) break;
      // Looked at once: the last page may come in the next moment, and what one reads stays where it was.
      isAtBeginning = (await page.locator(".beginning").count()) === 1;
    }
    const up = performance.now() - started;
    await takeScreenshot(page, "beginning");
    for (let step = 0; step < 12; step += 1) {
      await page.mouse.wheel(0, 60_000);
      await page.waitForTimeout(50);
    }
    const tasks = await page.evaluate<readonly number[]>("tasks");
    const longest = Math.max(0, ...tasks).toFixed(0);
    console.log(
      `${DAYS * 30} messages: ${(up / 1_000).toFixed(1)} s to the beginning, at most ${rows} rows, ` +
        `${tasks.length} tasks over 50 ms, the longest ${longest} ms (development build, shared machine)`,
    );
    expect(isAtBeginning).toBe(true);
    expect(rows).toBeLessThan(120);
    expect(rows).toBeGreaterThan(5);
  });
});
