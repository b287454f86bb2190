import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type RunOptions, source as axe } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
};

/** For people to look at; the folder is ignored by git. */
const screenshots = fileURLToPath(new URL("../dist/screenshots/", import.meta.url));

/** A context of Playwright is a private window, where Chromium refuses pushes and says so whenever a page asks for them. */
const OF_THE_WINDOW = "Chrome currently does not support the Push API in incognito mode";

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
    const isTrouble = message.type() === "error" || message.type() === "warning";
    if (isTrouble && !message.text().startsWith(OF_THE_WINDOW)) troubles.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** In light and in dark. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${screenshots}${name}-${colorScheme}.png`, animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** What axe finds, in light, and in dark where only the colours differ: the rule, and the elements that break it. */
export async function faultsOf(page: Page): Promise<readonly unknown[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
  const light = await violations(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await violations(page, { runOnly: ["color-contrast"] });
  await page.emulateMedia({ colorScheme: "light" });
  return [...light, ...dark];
}

async function violations(page: Page, rules: RunOptions = {}): Promise<readonly unknown[]> {
  await settled(page);
  // To describe what is as it should be takes axe longer than to look at it.
  const options: RunOptions = { ...rules, resultTypes: ["violations"] };
  return page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((each) => each.html)]))`,
  );
}

/** Nothing fades or slides any more, but for what never stops. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getTiming().iterations !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Runs in the page: what makes it wider than the screen, if it is. */
export function tooWide(): readonly string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const all = [...document.querySelectorAll("body *")];
  return all
    .filter((each) => each.getBoundingClientRect().right > clientWidth)
    .map((each) => each.outerHTML.slice(0, 200));
}

/** As the button does; Playwright's own waits for a page that is loaded, which this one was all along. */
export async function goBack(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const { entries, currentIndex } = await cdp.send("Page.getNavigationHistory");
  await cdp.send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex - 1]?.id ?? 0 });
}
