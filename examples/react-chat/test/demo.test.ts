import { existsSync, readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { runDemo } from "./run-demo.ts";
import { openWindow, takeScreenshot } from "./window.ts";

const folderIn = (output: string): string => /database is in (\S+),/.exec(output)?.[1] ?? "";

describe("npm run demo", { timeout: 60_000 }, () => {
  it("shows a first message on its way, and leaves nothing behind", async () => {
    const { code, output } = await runDemo(["--once", "--port", "0"]);
    const steps = [...output.matchAll(/ms {2}(\w+)/g)].map(([, step]) => step);
    expect(steps.filter((step) => step !== "received")).toEqual(["queued", "sending", "sent", "delivered"]);
    expect(steps).toContain("received");
    expect(code).toBe(0);
    expect(folderIn(output)).not.toBe("");
    expect(existsSync(folderIn(output))).toBe(false);
  });

  it("prints a link for each of two people, and ends cleanly when asked to, even twice", async () => {
    const { code, output } = await runDemo(["--port", "0"], (soFar, interrupt) => {
      if (soFar.includes("Ctrl-C ends the demo")) interrupt();
    });
    expect(output).toMatch(/ada {4}http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n {2}grace {2}http/);
    expect(output).toContain("its folder is removed");
    expect([0, 130]).toContain(code); // 130: the second signal came after all was cleaned up
    expect(existsSync(folderIn(output))).toBe(false);
  });

  it("says how it is used, and what is wrong with how it was called", async () => {
    expect((await runDemo(["--help"])).output).toContain("--port <number>");
    const wrong = await runDemo(["--port", "many"]);
    expect(wrong.output).toContain('not "many"');
    expect(wrong.code).toBe(1);
  });
});

describe.skipIf(chromiumPath === undefined)("what the demo serves", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let browser: Browser;

  beforeAll(async () => {
    const { code, output } = await runDemo(["--help"]); // builds what is stale
    if (code !== 0) throw new Error(output);
    demo = await startDemo({ port: 0, hasAlan: false });
    browser = await launchChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it("has a page to copy: one script of ours, one div, under sixty lines", () => {
    const page = readFileSync(new URL("../../vanilla/page/index.html", import.meta.url), "utf8");
    expect(page.match(/<script src="[^"]*"/g)).toEqual(['<script src="tidings.global.js"']);
    expect(page.match(/<div/g)).toHaveLength(1);
    expect(page.split("\n").length - 1).toBeLessThan(60);
  });

  it("has the chat in any page at /vanilla, which talks with the app at /", async () => {
    const plain = await openWindow(browser, await demo.linkOf("ada", "/vanilla/"), troubles);
    const app = await openWindow(browser, await demo.linkOf("grace"), troubles);
    await app.locator(".conversation", { hasText: "General" }).click();
    await plain.getByText("Katherine").or(plain.getByText("katherine:")).first().waitFor();
    await plain.getByPlaceholder("Write a message").fill("From any page");
    await plain.keyboard.press("Enter");
    await app.locator(".message", { hasText: "From any page" }).waitFor();
    const said = plain.getByText("ada: From any page (read)");
    await expect.poll(() => said.count(), { timeout: 10_000 }).toBe(1);
    await takeScreenshot(plain, "vanilla");
  });

  it("says who one is missing to those who come without a link", async () => {
    const page = await openWindow(browser, (await demo.linkOf("ada")).replace(/#.*/, ""), troubles);
    await expect.poll(() => page.getByRole("heading", { name: "Who are you?" }).count()).toBe(1);
    await takeScreenshot(page, "door");
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
