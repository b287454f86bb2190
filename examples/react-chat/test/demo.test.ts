import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseRecording } from "@tidings/core/inspect";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { chatPage, patience } from "./chat-page.ts";
import { runDemo } from "./run-demo.ts";
import { faultsOf, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

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

  it("shows with ?inspect what the client does: lives, machines, frames; and lets things go wrong by hand", async () => {
    const page = await openWindow(browser, await demo.linkOf("ada", "/?inspect"), troubles);
    const [chat, panel] = [chatPage(page), page.getByRole("region", { name: "Tidings inspector" })];
    await expect.poll(() => panel.getByRole("status").textContent(), patience).toBe("online");
    await chat.open("General");
    await chat.say("Looked at from inside");
    const life = panel.getByRole("list", { name: "Latest commands" }).getByRole("listitem");
    await expect.poll(() => life.textContent(), patience).toMatch(/general(sent|delivered|read)/);
    expect(await life.locator("title").textContent()).toMatch(
      /^queued [\d:]+, sending \+\d+ ms, sent \+\d+ ms/,
    );
    await expect.poll(() => panel.locator(".machine title").first().textContent()).toBe("Connection: online");

    const lanes = panel.locator("summary", { hasText: "Outbox lanes" });
    const offline = panel.getByLabel("No network");
    await chat.tabTo(offline);
    await page.keyboard.press("Space");
    await expect.poll(() => panel.getByRole("status").textContent(), patience).toBe("offline");
    await chat.say("Waits in its lane");
    await expect.poll(() => lanes.textContent(), patience).toContain("1 waiting");
    await panel.getByLabel("Filter by id").fill("queued");
    await expect.poll(() => life.count(), patience).toBe(1);
    await panel.getByLabel("Filter by id").fill("");
    expect(await faultsOf(page)).toEqual([]);
    await takeScreenshot(page, "inspector");
    await offline.uncheck();
    await expect.poll(() => lanes.textContent(), patience).toContain("0 waiting");

    await panel.getByRole("button", { name: "Cut the link" }).click();
    const frames = panel.getByRole("list", { name: "Frames, newest first" });
    await expect.poll(() => frames.textContent(), patience).toContain("closed (connection/lost)");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("button", { name: "Export" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    expect(parseRecording(text).end.state.connection).toMatch(/online|waiting|connecting/);
    expect(text).not.toContain("Looked at from inside");

    await panel.getByRole("button", { name: "Pause" }).click();
    const count = await life.count();
    await chat.say("Not shown while it stands still");
    await chat.message("Not shown while it stands still").waitFor();
    expect(await life.count()).toBe(count);
  });

  it("fits a phone's width with the inspector, too", async () => {
    const page = await openWindow(browser, await demo.linkOf("grace", "/?inspect"), troubles, phone);
    const panel = page.getByRole("region", { name: "Tidings inspector" });
    await expect.poll(() => panel.getByRole("status").textContent(), patience).toBe("online");
    await panel.scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector("#inspector")?.scrollIntoView());
    expect(await page.evaluate(tooWide)).toEqual([]);
    await takeScreenshot(page, "inspector-phone");
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
