import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { source as axe } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** For people to look at; the folder is ignored by git. */
const screenshots = fileURLToPath(new URL("../dist/screenshots/", import.meta.url));

/** A window of its own, with its own storage; everything that goes wrong in it is put on `troubles`. */
export async function openWindow(
  browser: Browser,
  url: string,
  troubles: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1280, height: 820 },
    ...options,
  });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
  });
  await page.goto(url);
  return page;
}

export async function takeScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png` });
}

/** What axe finds: the rule, and the elements that break it. */
export async function faultsOf(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((each) => each.html)]))",
  );
}
