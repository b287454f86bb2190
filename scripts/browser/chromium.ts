/** Debian's Chromium, driven by playwright-core: for the tests of every package that need a real browser. */
import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, type BrowserContext, chromium } from "playwright-core";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is; `npm test` says so, and installs it where it may. */
export const chromiumPath: string | undefined = [process.env["TIDINGS_CHROMIUM"] ?? "", ...paths].find(
  (path) => path !== "" && existsSync(path),
);

/** In a container Chromium has no sandbox; the rest keeps it from calling home. */
export const FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param keepsPages - with the back/forward cache people have, which Playwright turns off. */
export function launchChromium({ keepsPages = false }: { keepsPages?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    args: [...FLAGS],
    ...(keepsPages && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
  });
}

/**
 * With a profile of its own in a folder, as people have one. Windows of `launchChromium` are private, and in those Chromium
 * keeps pushes and notifications from pages.
 */
export function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    ...{ executablePath: chromiumPath ?? "", args: [...FLAGS], locale: "en-GB" },
    viewport: { width: 1280, height: 820 },
  });
}
