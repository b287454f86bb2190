import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

/** Reports, the moderators' queue and appeals, as people meet them: Ada moderates, Grace and Katherine do not. */
describe.skipIf(chromiumPath === undefined)("moderating in the chat app", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;
  let katherine: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles, phone));
    katherine = chatPage(await openWindow(browser, await demo.linkOf("katherine"), troubles));
    for (const each of [ada, grace, katherine]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const dialog = ({ page }: ChatPage, name: string) => page.getByRole("dialog", { name });
  /** Of what was reported, and what rules have flagged. */
  const openQueue = async () => {
    const { page } = ada;
    if ((await page.locator(".pane").count()) === 0)
      await page.getByRole("button", { name: "Conversation settings" }).click();
    await page.getByRole("button", { name: "Reports", exact: true }).click();
    const queue = dialog(ada, "Reports in General");
    await queue.waitFor();
    return queue;
  };

  it("reports a message offline, by the keyboard, and it goes out by itself; then a person (row D24)", async () => {
    await grace.say("Buy my barometer!");
    await katherine.message("Buy my barometer!").waitFor();
    await katherine.setOffline(true);
    await katherine.choose("Buy my barometer!", "Report…");
    const words = dialog(katherine, "Report this message");
    await words.getByLabel("What is wrong with it?").fill("advertising");
    await takeScreenshot(katherine.page, "report");
    expect(await faultsOf(katherine.page)).toEqual([]);
    await katherine.tabTo(words.getByRole("button", { name: "Report" }));
    await katherine.page.keyboard.press("Enter");
    await expect.poll(() => words.count(), patience).toBe(0);
    const again = katherine.page.locator(".menu").getByText("Report again…");
    await katherine.message("Buy my barometer!").hover();
    await katherine.message("Buy my barometer!").locator("[data-do=menu]").click();
    await again.waitFor();
    await katherine.page.keyboard.press("Escape");
    await katherine.setOffline(false);

    await katherine.page.getByRole("button", { name: "Conversation settings" }).click();
    expect(await katherine.page.getByRole("button", { name: "Reports" }).count()).toBe(0); // a member
    await katherine.page.getByRole("button", { name: "Report Grace…" }).click();
    await takeScreenshot(katherine.page, "report-person");
    await dialog(katherine, "Report Grace").getByRole("button", { name: "Report" }).click();
    await katherine.page.getByRole("button", { name: "Report Grace again…" }).waitFor();
  });

  it("shows moderators what was reported, lets them remove it, and says so (row D24)", async () => {
    await ada.page.getByRole("button", { name: "Conversation settings" }).click();
    await takeScreenshot(ada.page, "members");
    const queue = await openQueue();
    const cases = queue.getByRole("article", { name: "About Grace" });
    await expect.poll(() => cases.count(), patience).toBe(2);
    const message = cases.filter({ hasText: "Buy my barometer!" });
    await expect.poll(() => message.innerText(), patience).toContain("advertising");
    await takeScreenshot(ada.page, "moderation");
    expect(await faultsOf(ada.page)).toEqual([]);
    await message.getByRole("button", { name: "Remove…" }).focus();
    await ada.page.keyboard.press("Enter");
    await ada.page.keyboard.type("no advertising");
    await takeScreenshot(ada.page, "moderation-why");
    await ada.page.keyboard.press("Enter");
    await expect
      .poll(() => queue.getByRole("status").first().innerText(), patience)
      .toBe("Removed for everybody.");
    await expect.poll(() => cases.count(), patience).toBe(1);
    await cases.getByRole("button", { name: "Approve" }).click();
    await queue.getByText("Nothing is to be decided.").waitFor();
    await ada.page.keyboard.press("Escape");
    const gone = "This message was removed by a moderator: no advertising";
    for (const each of [ada, katherine])
      await expect.poll(() => each.texts(/moderator/u), patience).toEqual([gone]);
  });

  it("lets its author appeal, once, and tells them the answer (row D24)", async () => {
    const mine = grace.message(/no advertising/u);
    await mine.getByRole("button", { name: "Appeal…" }).click();
    const words = dialog(grace, "Ask moderators to look again");
    await words.getByLabel("Why should it not").fill("It is for the club, and free.");
    await takeScreenshot(grace.page, "appeal-phone");
    expect(await faultsOf(grace.page)).toEqual([]);
    await words.getByRole("button", { name: "Ask" }).click();
    await mine.getByText("You have asked moderators to look again.").waitFor();

    const queue = await openQueue();
    const found = queue.getByRole("article", { name: "About Grace" });
    await expect.poll(() => found.innerText(), patience).toContain("It is for the club, and free.");
    await takeScreenshot(ada.page, "moderation-appeal");
    await ada.page.setViewportSize({ width: 360, height: 740 });
    await takeScreenshot(ada.page, "moderation-phone");
    expect(await ada.page.evaluate(tooWide)).toEqual([]);
    await ada.page.setViewportSize({ width: 1280, height: 820 });
    await found.getByRole("button", { name: "Agree with them" }).click();
    await mine.getByText("Moderators agree with you").waitFor();
    await takeScreenshot(grace.page, "removed-phone");
    await queue.getByLabel("Show").selectOption({ label: "Decided" });
    await expect.poll(() => found.count(), patience).toBe(2);
    await takeScreenshot(ada.page, "moderation-decided");
    expect(await faultsOf(ada.page)).toEqual([]);
    await found.getByRole("button", { name: "Show in the conversation" }).click();
    await expect.poll(() => queue.count(), patience).toBe(0);
  });

  it("has rules that point at what may be spam or a deceiving link, and bans who said it (rows D4, D5, D24)", async () => {
    await katherine.say("Free: https://wave.example@xn--80ak6aa92e.com/now");
    const queue = await openQueue();
    const found = queue.getByRole("article", { name: "About Katherine" });
    await expect.poll(() => found.innerText(), patience).toMatch(/Flagged by a rule: link: \S+/u);
    await takeScreenshot(ada.page, "moderation-rule");
    expect(await faultsOf(ada.page)).toEqual([]);
    await found.getByRole("button", { name: "Ban Katherine…" }).click();
    await ada.page.keyboard.type("deceiving links");
    await takeScreenshot(ada.page, "moderation-ban");
    await ada.page.keyboard.press("Enter");
    const said = queue.getByRole("status").first();
    await expect.poll(() => said.innerText(), patience).toBe("Banned, and removed for everybody.");
    await katherine.page.getByText("You are not in this conversation").first().waitFor();
    await takeScreenshot(katherine.page, "banned");
    await ada.page.keyboard.press("Escape");
  });

  it("plots a conversation in figures for who looks after it, with tables, ranges and a file, and what was known last while the server is away (row I2)", async () => {
    const { page } = ada;
    if ((await page.locator(".pane").count()) === 0)
      await page.getByRole("button", { name: "Conversation settings" }).click();
    const open = page.getByRole("button", { name: "In figures" });
    await open.focus();
    await page.keyboard.press("Enter");
    const figures = dialog(ada, "General in figures");
    const plot = figures.getByRole("img", { name: /^Messages by day: at most \d+, on/u });
    await plot.waitFor();
    expect(await plot.locator("g").count()).toBe(30);
    await ada.tabTo(figures.getByRole("slider"));
    const today = await figures.getByRole("slider").getAttribute("aria-valuetext");
    await page.keyboard.press("ArrowLeft");
    const valueText = (): Promise<string | null> =>
      figures.getByRole("slider").getAttribute("aria-valuetext");
    await expect.poll(valueText, patience).not.toBe(today);
    await ada.tabTo(figures.locator("summary").first());
    await page.keyboard.press("Enter");
    await expect.poll(() => figures.getByRole("row").count(), patience).toBe(31);
    await takeScreenshot(page, "figures-table");
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await takeScreenshot(page, "figures");

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      figures.getByRole("button", { name: "Download as CSV" }).click(),
    ]);
    const csv = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(file.suggestedFilename()).toBe("general.csv");
    expect(csv[0]).toBe("day,messages,people,reactions,medianResponseMs");
    const said = csv.slice(1).reduce((sum, line) => sum + Number(line.split(",")[1]), 0);
    expect(await figures.locator("dd").first().innerText()).toBe(String(said));

    await figures.getByRole("combobox").selectOption("other");
    await figures.getByLabel("From").fill("2026-01-02");
    await figures.getByLabel("To", { exact: true }).fill("2026-01-01");
    await figures.getByText("the first before the last").waitFor();
    await figures.getByLabel("To", { exact: true }).fill("2026-01-03");
    await figures.getByText("Nothing was said in this time.").waitFor();
    await page.route("**/figures?*", (route) =>
      route.fulfill({ status: 503, json: { code: "server/unavailable" } }),
    );
    await figures.getByRole("combobox").selectOption("7");
    await figures.getByRole("alert").waitFor();
    await takeScreenshot(page, "figures-failed");
    await page.unroute("**/figures?*");
    await figures.getByRole("button", { name: "Try again" }).click();
    await plot.waitFor();
    expect(await plot.locator("g").count()).toBe(7);
    await page.route("**/figures?*", (route) =>
      route.fulfill({ status: 503, json: { code: "server/unavailable" } }),
    );
    await figures.getByRole("combobox").selectOption("90");
    await figures.getByText(/^What was known last, as of .*\d/u).waitFor();
    expect(await plot.locator("g").count()).toBe(7);
    expect(await faultsOf(page)).toEqual([]);
    await takeScreenshot(page, "figures-known");
    await page.unroute("**/figures?*");
    await page.setViewportSize({ width: 360, height: 740 });
    await takeScreenshot(page, "figures-phone");
    expect(await page.evaluate(tooWide)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 820 });
    await page.keyboard.press("Escape");
    await expect.poll(() => open.evaluate((each) => each === document.activeElement), patience).toBe(true);
    await page.keyboard.press("Escape");
  });

  it("has put nothing on the console", () => {
    expect(troubles.filter((trouble) => !trouble.includes("503"))).toEqual([]); // which a chapter asked for
  });
});
