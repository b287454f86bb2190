import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { type BrowserContext, chromium } from "playwright-core";
import { chromiumPath, FLAGS } from "../../../../scripts/browser/chromium.ts";

/** A whole Chromium that can be killed, and started again on the same profile. */
export interface BrowserProcess {
  /** The windows people have, not private ones. */
  readonly context: BrowserContext;
  isAlive(): boolean;
  /** Ends all its processes at once, as `kill -9` does; resolves with whether it was alive. */
  kill(): Promise<boolean>;
}

const flags = [
  ...FLAGS,
  "--headless=new",
  "--remote-debugging-port=0",
  "--remote-debugging-pipe", // it ends with whoever holds the other end
  "--password-store=basic",
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
];

/** In a process group of its own, which Playwright's own launch has too, but keeps to itself. */
export async function startBrowser(profile: string): Promise<BrowserProcess> {
  const child = spawn(chromiumPath ?? "", [...flags, `--user-data-dir=${profile}`, "about:blank"], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const browser = await chromium.connectOverCDP(await endpointOf(child));
  const [context] = browser.contexts();
  if (!context) throw new Error("unable to open a page; Chromium has no window");
  return {
    context,
    isAlive,
    async kill() {
      if (!child.pid || !isAlive()) return false;
      const exit = once(child, "exit");
      process.kill(-child.pid, "SIGKILL");
      await exit;
      return true;
    },
  };
}

/** Where it listens, as it says itself. */
function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}`)));
    if (!child.stderr) return;
    createInterface(child.stderr).on("line", (line) => {
      const [, url] = /DevTools listening on (\S+)/u.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}
