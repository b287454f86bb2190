import { existsSync, mkdirSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is; `npm test` says so, and installs it where it may. */
export const chromiumPath: string | undefined = [process.env["TIDINGS_CHROMIUM"] ?? "", ...paths].find(
  (path) => path !== "" && existsSync(path),
);
if (chromiumPath === undefined)
  console.warn("SKIPPED: no Chromium was found, so the demo page is not tested");

const screenshots = fileURLToPath(new URL("../dist/screenshots/", import.meta.url));

/** In a container Chromium has no sandbox; the rest keeps it from calling home. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(): Promise<Browser> {
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({ executablePath: chromiumPath ?? "", args: flags });
}

/** A window of its own, with its own storage; everything that goes wrong in it is put on `troubles`. */
export async function openWindow(
  browser: Browser,
  url: string,
  troubles: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1180, height: 820 },
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

/** For people to look at; the folder is ignored by git. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}${name}.png` });
}
