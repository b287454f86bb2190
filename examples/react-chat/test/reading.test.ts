import { type Client, createClient } from "@tidings/core";
import { openBlocks, openPlans } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import type { Browser, Page } from "playwright-core";
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
    demo = await startDemo({ port: 0, daysOfTalk: 4, hasAlan: false, build: "development" });
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
    await page.getByRole("alert").getByRole("button").click();
    await desk.close();
  });

  it("leads by the keyboard to the first message of a day (row C4)", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await ada.tabTo(page.getByRole("button", { name: "Go to a day" }));
    await page.keyboard.press("Enter");
    const yesterday = new Date();
    yesterday.setDate(yesterday.getDate() - 1);
    const day = yesterday.toLocaleDateString("sv-SE");
    await dialog(ada, "Go to a day").getByLabel("Day").fill(day);
    await takeScreenshot(page, "day");
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press("Enter");
    const first = page.locator(".message[data-flash]", { hasText: "The tide tables for next week are in." });
    await expect.poll(() => first.evaluate((each) => each === document.activeElement), patience).toBe(true);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await dialog(ada, "Go to a day").waitFor(); // of the divider above it
    await page.keyboard.press("Escape");
  });

  it("looks for what a person said, in days, with files; and says what days alone find (row H1)", async () => {
    const { page } = ada;
    const pane = page.locator(".pane");
    const found = pane.locator(".result");
    await pane.getByLabel("From").fill("2020-01-01");
    await pane.getByText("Add a word, a person").waitFor();
    await pane.getByLabel("Said by").selectOption("katherine");
    await expect.poll(() => found.count(), patience).toBeGreaterThan(2);
    expect(new Set(await found.locator("strong").allInnerTexts())).toEqual(new Set(["Katherine"]));
    await takeScreenshot(page, "search-filters");
    expect(await faultsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await takeScreenshot(page, "search-filters-phone");
    expect(await page.evaluate(tooWide)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 820 });
    await pane.getByLabel("To", { exact: true }).fill("2020-01-02");
    await pane.getByText("Nothing found.").waitFor();
    await pane.getByLabel("To", { exact: true }).fill("");
    await pane.getByRole("button", { name: "With files" }).click();
    await expect.poll(() => found.allInnerTexts(), patience).toEqual([expect.stringContaining("gauge")]);
    await pane.getByLabel("Said by").selectOption("alan");
    await pane.getByRole("button", { name: "With files" }).click();
    await pane.getByRole("searchbox").fill("dip at nine");
    await found.click();
    await page.locator(".message[data-flash]", { hasText: "That dip at nine" }).waitFor();
  });

  it("names who takes part in a thread and what is new of it, there and at the message (row F3)", async () => {
    const { page } = ada;
    const replies = ada.message("That dip at nine").getByRole("button", { name: "2 replies" });
    await expect.poll(() => replies.innerText(), patience).toContain("2 new");
    await replies.click();
    const pane = page.locator(".pane");
    await pane.getByText("by Grace and Alan").waitFor();
    await pane.locator(".divider.unread + .message", { hasText: "Are you sure?" }).waitFor();
    await takeScreenshot(page, "thread");
    expect(await faultsOf(page)).toEqual([]);
    await expect.poll(() => replies.innerText(), patience).not.toContain("new");
    await ada.choose("Then it was the ferry, late.", "Delete for me");
    await expect.poll(() => pane.getByText("Then it was").count(), patience).toBe(0);
    await pane.getByRole("button", { name: "Undo" }).click();
    await pane.getByText("Then it was the ferry, late.").waitFor();
  });

  it("shows what one has deleted for oneself neither where it is quoted, nor kept, nor found (row F5)", async () => {
    const { page } = ada;
    await ada.say("Forget the barometer");
    await ada.choose("Forget the barometer", "Reply");
    await ada.say("An answer to that");
    await ada.choose("Forget the barometer", "Pin");
    await ada.choose("Forget the barometer", "Bookmark");
    const quote = ada.message("An answer to that").locator(".quote");
    await expect.poll(() => quote.innerText(), patience).toContain("Forget the barometer");
    await ada.choose("Forget the barometer", "Delete for me");
    await expect.poll(() => quote.innerText(), patience).toBe("You deleted this message for yourself.");
    const pane = page.locator(".pane");
    await page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    const kept = pane.getByRole("button", { name: "You deleted this message for yourself." });
    await expect.poll(() => kept.count(), patience).toBe(2);
    expect(await page.getByText("Forget the barometer").count()).toBe(0);
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await pane.getByRole("searchbox").fill("barometer");
    await pane.getByText("Nothing found.").waitFor();
    await ada.page.locator("main.chat").getByRole("button", { name: "Undo" }).click();
    await pane.locator(".result", { hasText: "Forget the barometer" }).waitFor();
  });

  it("lists pins offline as far as they are here, and goes to a bookmark in another conversation (row F3)", async () => {
    const { page } = ada;
    const pane = page.locator(".pane");
    await ada.setOffline(true);
    await page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    await pane.getByText("Only those on this device").waitFor();
    const kept = pane.getByRole("button", { name: "Forget the barometer" });
    expect(await kept.count()).toBe(2);
    await takeScreenshot(page, "kept-offline");
    expect(await faultsOf(page)).toEqual([]);
    await ada.setOffline(false);
    await expect.poll(() => pane.getByText("Only those on this device").count(), patience).toBe(0);
    await ada.open("Boat crew");
    await page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    await kept.focus();
    await page.keyboard.press("Enter");
    await page.locator(".message[data-flash]", { hasText: "Forget the barometer" }).waitFor();
    expect(await page.locator("#chat-title").innerText()).toBe("General");
  });

  it("lists everybody who reacted, and who voted for what, by touch too (row F1)", async () => {
    await ada.say("Which pier?");
    await grace.message("Which pier?").waitFor();
    await grace.choose("Which pier?", "Reply"); // brings its row onto the page
    await grace.say("The northern one");
    const room = { url: demo.url, WebSocket };
    const desk = createClient({
      ...{ transport: webSocketTransport(room), auth: await demo.tokenOf("katherine"), userId: "katherine" },
    });
    await desk.connect();
    const asked = await desk.conversation("general").send({ text: "Tea?", poll: { options: ["Yes", "No"] } });
    await desk.conversation("general").vote(asked.id, [0]);
    await desk.conversation("general").react(asked.id, "🎉");
    await desk.close();
    const poll = grace.message("Tea?");
    await poll.getByRole("button", { name: "Who reacted" }).tap();
    const reacted = dialog(grace, "Who reacted");
    await expect
      .poll(() => reacted.getByRole("listitem").allInnerTexts(), patience)
      .toEqual([expect.stringContaining("Katherine")]);
    await takeScreenshot(grace.page, "reactors-phone");
    expect(await faultsOf(grace.page)).toEqual([]);
    await reacted.getByRole("button", { name: "Close" }).tap();
    await ada.message("Tea?").getByRole("button", { name: "Who voted for what" }).click();
    const voted = dialog(ada, "Who voted for what");
    await voted.getByRole("button", { name: "Yes 1" }).waitFor();
    await takeScreenshot(ada.page, "voters");
    expect(await faultsOf(ada.page)).toEqual([]);
    await voted.getByRole("button", { name: "No 0" }).click();
    await voted.getByText("Nobody yet.").waitFor();
    await ada.page.keyboard.press("Escape");
  });

  it("has what is to be sent later sent at another time, and plans anew what was refused (row I1)", async () => {
    const { page } = ada;
    const pane = page.locator(".pane");
    const url = demo.url;
    const auth = await demo.tokenOf("ada");
    const desk = createClient({ transport: webSocketTransport({ url, WebSocket }), auth, userId: "ada" });
    await desk.connect();
    await openBlocks(desk).block("grace");
    await openPlans(desk).schedule("ada-and-grace", "See you at high water", Date.now() - 1_000);
    await ada.open("Grace");
    await page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    const again = pane.getByRole("button", { name: "Plan again" });
    await again.waitFor();
    await takeScreenshot(page, "plan-refused");
    expect(await faultsOf(page)).toEqual([]);
    await openBlocks(desk).unblock("grace");
    await again.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    const other = pane.getByRole("button", { name: "Another time" });
    await other.waitFor();
    const at = pane.locator(".plan strong");
    const before = await at.innerText();
    await other.click();
    await takeScreenshot(page, "plan-again");
    await page.locator(".menu").getByRole("menuitem").last().click();
    await expect.poll(() => at.innerText(), patience).not.toBe(before);
    await pane.getByRole("button", { name: "Do not send" }).click();
    await desk.close();
  });

  /** Another window, reloaded where no link opens any more: all it knows is what lies on its storage. */
  describe("after a reload, with no network", () => {
    let offline: ChatPage;
    let page: Page;

    beforeAll(async () => {
      const desk = await openDesk();
      await answerTheOldest(desk);
      await desk.close();
      await ada.open("Boat crew");
      await ada.say("The Argo was sighted");
      await ada.say("And is gone again");
      await ada.open("General"); // a page begins with the conversation that was active last
      await ada.say("Nothing to be seen");
      page = await openWindow(browser, await demo.linkOf("ada"), troubles);
      offline = chatPage(page);
      await offline.open("Boat crew");
      await offline.message("The Argo was sighted").waitFor();
      await offline.open("General");
      await openThread();
      await thread().getByText(OLDEST).waitFor();
      await openPins();
      await pinned().waitFor();
      await page.waitForTimeout(500); // what is said is on storage a moment later
      await page.addInitScript(`
        window.WebSocket = class extends EventTarget { send() {} close() {} };
        window.fetch = () => Promise.reject(new TypeError("no network"));`);
      await page.reload();
      await offline.open("General");
    });

    afterAll(() => page?.context().close());

    const OLDEST = "Good morning! The tide tables for next week are in.";
    const thread = () => page.getByRole("log", { name: "Thread" });
    const pinned = () => page.locator(".pane .result", { hasText: OLDEST });
    const openThread = () =>
      offline.message("Still the best of mornings").getByRole("button", { name: "In a thread" }).click();
    const openPins = () => page.getByRole("button", { name: "Pinned and bookmarked" }).click();

    async function openDesk(): Promise<Client> {
      const [url, auth] = [demo.url, await demo.tokenOf("ada")];
      const desk = createClient({ transport: webSocketTransport({ url, WebSocket }), auth, userId: "ada" });
      await desk.connect();
      return desk;
    }

    /** Pins the first message there is, and answers it in a thread: no page begins with what is so far back. */
    async function answerTheOldest(desk: Client): Promise<void> {
      const { timeline, pin, send } = desk.conversation("general");
      await timeline.loadAt(0);
      const [oldest] = timeline.get().items;
      if (oldest?.type !== "message") throw new Error("nothing was ever said");
      const given = [
        await pin(oldest.key),
        await send("Still the best of mornings", { threadId: oldest.key }),
      ];
      for (const { settled } of given) await settled();
    }

    it("finds what was read before in a conversation that was not opened since, and goes there (row H1)", async () => {
      await page.getByRole("button", { name: "Search", exact: true }).click();
      const pane = page.locator(".pane");
      await pane.getByRole("button", { name: "Everywhere" }).click();
      await pane.getByRole("searchbox").fill("argo si");
      const found = pane.locator(".result", { hasText: "The Argo was sighted" });
      await found.waitFor();
      await pane.getByText("only on this device").waitFor();
      expect(page.workers()).toHaveLength(1);
      await takeScreenshot(page, "search-offline");
      await found.click();
      await page.locator("#chat-title", { hasText: "Boat crew" }).waitFor();
      await offline.message("The Argo was sighted").waitFor();
      await offline.open("General");
    });

    it("shows a thread and what is pinned as they were shown before, from where nothing else is here (row F3)", async () => {
      await openThread();
      const said = (): Promise<readonly string[]> => thread().locator(".text").allInnerTexts();
      await expect.poll(said, patience).toEqual([OLDEST, "Still the best of mornings"]);
      await takeScreenshot(page, "thread-offline");
      await openPins();
      await pinned().waitFor();
      await page.locator(".pane").getByText("Only those on this device").waitFor();
      await takeScreenshot(page, "pins-offline");
      expect(await page.locator(".connection-line[data-state=online]").count()).toBe(0);
    });
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
