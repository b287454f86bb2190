import { readFileSync } from "node:fs";
import { createClient } from "@tidings/core";
import { openPlans } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import type { Browser } from "playwright-core";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

/** What people see of blocks, of what was changed or covered, and of what is kept. */
describe.skipIf(chromiumPath === undefined)("reading in the chat app", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles, phone));
    for (const each of [ada, grace]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const dialog = ({ page }: ChatPage, name: string) => page.getByRole("dialog", { name });

  it("shows what a message said before, by the keyboard, newest first (row F4)", async () => {
    await ada.say("High water at **five**");
    await ada.choose("High water at five", "Edit");
    await ada.say("High water at **six**");
    await ada.choose("High water at six", "Edit");
    await ada.say("High water at **seven**");
    const edited = ada.message("High water at seven").getByRole("button", { name: "show earlier versions" });
    await edited.focus();
    await ada.page.keyboard.press("Enter");
    const history = dialog(ada, "Edit history");
    const texts = history.getByRole("listitem").locator(".text");
    const all = ["High water at seven", "High water at six", "High water at five"];
    await expect.poll(() => texts.allInnerTexts(), patience).toEqual(all);
    await takeScreenshot(ada.page, "versions");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.page.keyboard.press("Escape");
    await expect.poll(() => history.count(), patience).toBe(0);
    await expect.poll(() => edited.evaluate((each) => each === document.activeElement), patience).toBe(true);

    await grace.choose("High water at seven", "Edit history");
    await expect.poll(() => dialog(grace, "Edit history").locator(".text").count(), patience).toBe(3);
    expect(await grace.page.evaluate(tooWide)).toEqual([]);
    await takeScreenshot(grace.page, "versions-phone");
    await grace.page.keyboard.press("Escape");
  });

  it("marks what was covered before anybody saw it, and what a moderator removed (row D24)", async () => {
    await grace.say("What a shitty gauge");
    const theirs = ada.message(/What a \*+\w* gauge/u);
    await theirs.getByText("Parts of this were covered").waitFor({ state: "attached" });
    await takeScreenshot(ada.page, "covered-words");
    await ada.choose("ty gauge", "Delete");
    await expect.poll(() => grace.texts(/removed by a moderator/u), patience).toHaveLength(1);
  });

  it("covers what somebody said whom one has blocked, until one asks for it (row D10)", async () => {
    await grace.say("Cover this");
    await ada.message("Cover this").waitFor();
    await ada.choose("Cover this", "Block Grace");
    await expect.poll(() => ada.texts(/Cover this/u), patience).toEqual([]);
    await grace.say("And this");
    const covered = ada.page.getByRole("article", { name: "A message from somebody you have blocked" });
    await covered.last().waitFor();
    expect(await ada.page.locator("[data-announcer]").innerText()).not.toContain("And this");
    await takeScreenshot(ada.page, "blocked");
    expect(await faultsOf(ada.page)).toEqual([]);

    await ada.tabTo(ada.page.getByRole("log", { name: "Messages" }), "Shift+Tab");
    await ada.page.keyboard.press("ArrowUp");
    await ada.page.keyboard.press("Enter");
    await expect.poll(() => ada.texts(/And this/u), patience).toEqual(["And this"]);
    await ada.page.getByRole("button", { name: "Cover again" }).click();
    await expect.poll(() => ada.texts(/And this/u), patience).toEqual([]);

    await ada.open("Grace");
    const notice = ada.page.locator(".chat-foot .notice");
    await expect.poll(() => notice.innerText(), patience).toContain("You have blocked Grace");
    expect(await ada.draft.count()).toBe(0);
    await takeScreenshot(ada.page, "blocked-direct");
    await notice.getByRole("button", { name: "Unblock Grace" }).click();
    await ada.draft.waitFor();
    await ada.open("General");
    await expect.poll(() => ada.texts(/this$/u), patience).toEqual(["Cover this", "And this"]);
  });

  it("lets owners say how long messages are kept, with a warning, and tells everybody else (row C14)", async () => {
    await ada.page.getByRole("button", { name: "Conversation settings" }).click();
    const pane = ada.page.locator(".pane");
    await pane.getByLabel("For how long").selectOption({ label: "30 days" });
    await pane.getByLabel("At most this many").fill("500");
    await expect.poll(() => pane.innerText(), patience).toContain("deleted for good, for everybody");
    await takeScreenshot(ada.page, "retention");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.tabTo(pane.getByRole("button", { name: "Save" }));
    await ada.page.keyboard.press("Enter");
    await expect.poll(() => pane.getByRole("button", { name: "Save" }).count(), patience).toBe(0);
    await grace.page.getByRole("button", { name: "Conversation settings" }).click();
    const told = grace.page.locator(".retention");
    await expect.poll(() => told.innerText(), patience).toBe("For 30 days. The newest 500.");
    expect(await grace.page.getByRole("button", { name: "In figures" }).count()).toBe(0); // a member
    await takeScreenshot(grace.page, "retention-phone");
    expect(await grace.page.evaluate(tooWide)).toEqual([]);
    for (const each of [ada, grace]) await each.page.keyboard.press("Escape");
    await expect.poll(() => pane.count(), patience).toBe(0);
  });

  it("counts unread messages that mention one, here and everywhere, and leads to the first (row F11)", async () => {
    const { page } = ada;
    await ada.open("Boat crew");
    await grace.say("Where is @ada?");
    const row = page.locator(".conversation", { hasText: "General" });
    await expect.poll(() => row.innerText(), patience).toContain("1 mentions you");
    await takeScreenshot(page, "mentions");
    expect(await faultsOf(page)).toEqual([]);
    await ada.tabTo(
      page.locator(".sidebar").getByRole("button", { name: "1 unread mention of you" }),
      "Shift+Tab",
    );
    await page.keyboard.press("Enter");
    await page.locator(".message[data-flash]", { hasText: "Where is @ada?" }).waitFor();
    await expect.poll(() => page.locator(".badge.mentions").count(), patience).toBe(0);
  });

  it("says so when it is time for a reminder, and marks where it is (row I1)", async () => {
    const { page } = ada;
    await grace.say("Do not forget the tide");
    const said = ada.message("Do not forget the tide");
    await said.waitFor();
    const messageId = (await said.getAttribute("data-key")) ?? "";
    const url = demo.url;
    const auth = await demo.tokenOf("ada");
    const desk = createClient({ transport: webSocketTransport({ url, WebSocket }), auth, userId: "ada" });
    await desk.connect();
    await openPlans(desk).remind("general", messageId, Date.now() + 500);
    await page.getByRole("alert").getByText("You wanted to be reminded").waitFor();
    const kept = page.getByRole("button", { name: "Pinned and bookmarked, 1 reminder is due" });
    await kept.waitFor();
    await takeScreenshot(page, "reminded");
    expect(await faultsOf(page)).toEqual([]);
    await kept.click();
    await page.locator(".pane").getByRole("button", { name: "No longer remind me" }).click();
    await expect.poll(() => kept.count(), patience).toBe(0);
    await page.keyboard.press("Escape");
    await desk.close();
  });

  it("plots a conversation in figures for who looks after it, with tables, ranges and a file (row I2)", async () => {
    const { page } = ada;
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
