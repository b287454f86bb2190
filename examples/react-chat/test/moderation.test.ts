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

  it("has put nothing on the console", () => expect(troubles).toEqual([]));
});
