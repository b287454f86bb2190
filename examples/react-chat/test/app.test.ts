import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, takeScreenshot } from "./window.ts";

if (chromiumPath === undefined) console.warn("SKIPPED: no Chromium was found, so the chat app is not tested");

/** One story in two windows, in StrictMode as the app is: each chapter goes on where the one before ended. */
describe.skipIf(chromiumPath === undefined)("the chat app", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 40, quietMs: Infinity, build: "development" });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles));
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  /** What matches, as the one and as the other sees it. */
  const bothSee = (pattern: RegExp): Promise<readonly (readonly string[])[]> =>
    Promise.all([ada.texts(pattern), grace.texts(pattern)]);
  const both = (texts: readonly string[]): unknown => [texts, texts];

  it("opens at what is new, with a divider before it, and keeps one connection in StrictMode", async () => {
    await ada.open("General");
    await ada.message("The readings are at").waitFor();
    const divider = ada.page.locator(".divider.unread");
    await expect.poll(() => divider.isVisible(), patience).toBe(true);
    await takeScreenshot(ada.page, "general");
    expect(await faultsOf(ada.page)).toEqual([]);
    await grace.open("General");
    expect(demo.connections()).toBe(3); // Alan is one
  });

  it("[D3] shows both the same messages in the same order, delivered and read (row F9)", async () => {
    await ada.say("Chapter one: hello Grace");
    await expect.poll(() => bothSee(/Chapter one/), patience).toEqual(both(["Chapter one: hello Grace"]));
    await grace.say("Chapter one: hello Ada");
    await expect
      .poll(() => bothSee(/Chapter one/), patience)
      .toEqual(both(["Chapter one: hello Grace", "Chapter one: hello Ada"]));
    await expect.poll(() => ada.statusOf("Chapter one: hello Grace"), patience).toBe("read");
    const said = ada.page.locator("[data-announcer]");
    await expect.poll(() => said.textContent(), patience).toBe("Grace: Chapter one: hello Ada");
    // What is read out is what comes new into the region: the same words again must be another element.
    await said.locator("p").evaluate((element) => Object.assign(element, { isOld: true }));
    await grace.say("Chapter one: hello Ada");
    const isOld = (): Promise<boolean> => said.locator("p").evaluate((element) => "isOld" in element);
    await expect.poll(isOld, patience).toBe(false);
  });

  it("shows who types and who is there", async () => {
    // A signal every three seconds at most, and one has just gone out.
    await grace.draft.pressSequentially("I am writing", { delay: 260 });
    const typing = ada.page.locator(".chat-foot .typing");
    await expect.poll(() => typing.innerText(), patience).toContain("Grace is typing");
    await takeScreenshot(ada.page, "typing");
    await grace.draft.fill("");
    await expect.poll(() => typing.innerText(), patience).toBe("");
    const there = ada.page.locator(".conversation", { hasText: "Grace" }).locator("[data-presence=online]");
    await expect.poll(() => there.count(), patience).toBe(1);
  });

  it("shows reactions, answers, edits and deletions to both (rows C5, F2, F4)", async () => {
    await ada.say("Chapter two: to be changed");
    await grace.message("Chapter two: to be changed").waitFor();
    await grace.choose("Chapter two: to be changed", "🎉");
    const reaction = ada.message("Chapter two").locator(".reaction");
    await expect.poll(() => reaction.innerText(), patience).toMatch(/🎉\s*1/);
    await reaction.click();
    const theirs = grace.message("Chapter two").locator(".reaction");
    await expect.poll(() => theirs.innerText(), patience).toMatch(/🎉\s*2/);

    await grace.choose("Chapter two: to be changed", "Reply");
    await takeScreenshot(grace.page, "replying");
    await grace.say("The answer");
    const quote = ada.message("The answer").locator(".quote");
    await expect.poll(() => quote.innerText(), patience).toContain("to be changed");

    await ada.choose("Chapter two: to be changed", "Edit");
    await takeScreenshot(ada.page, "editing");
    await ada.say("Chapter two: changed");
    const edited = grace.message("Chapter two: changed").locator(".edited");
    await expect.poll(() => edited.isVisible(), patience).toBe(true);

    await ada.choose("Chapter two: changed", "Delete");
    await expect.poll(() => bothSee(/Chapter two/), patience).toEqual(both([]));
    await expect.poll(() => quote.innerText(), patience).toContain("was deleted");
  });

  it("asks in a poll, counts votes on both sides, and forwards what was said (rows F1, F6)", async () => {
    await ada.page.getByRole("button", { name: "Ask in a poll" }).click();
    const dialog = ada.page.getByRole("dialog");
    await dialog.getByLabel("Question").fill("Where to?");
    await dialog.getByLabel("What there is to choose from").fill("The sea\nThe hills");
    await dialog.getByRole("button", { name: "Ask" }).click();
    const theirs = grace.message("Where to?").getByRole("radio", { name: "The hills" });
    await theirs.focus();
    await theirs.press("Space");
    const ours = ada.message("Where to?").getByRole("radio", { name: "The hills: 1 vote" });
    await ours.waitFor();
    await expect.poll(() => theirs.getAttribute("aria-checked"), patience).toBe("true");
    expect(await ours.getAttribute("aria-checked")).toBe("false");
    await takeScreenshot(grace.page, "poll");
    expect(await faultsOf(grace.page)).toEqual([]);
    await ada.message("Where to?").getByRole("button", { name: "End the poll" }).click();
    await expect.poll(() => theirs.isDisabled(), patience).toBe(true);

    await grace.say("To be told on");
    await ada.choose("To be told on", "Forward …");
    await takeScreenshot(ada.page, "forward");
    const place = ada.page.getByRole("dialog").getByRole("listitem").first().getByRole("button");
    await place.focus();
    await place.press("Enter");
    await expect.poll(() => ada.page.getByRole("dialog").count(), patience).toBe(0);
  });

  it("mentions with @, chosen by the keyboard", async () => {
    await ada.draft.pressSequentially("Ask @gra");
    await ada.page.getByRole("option", { name: "Grace" }).waitFor();
    await takeScreenshot(ada.page, "mention");
    await ada.draft.press("Enter");
    await ada.draft.pressSequentially("about it");
    await ada.draft.press("Enter");
    const mention = grace.message("about it").locator(".mention");
    await expect.poll(() => mention.getAttribute("data-me"), patience).toBe("true");
  });

  it("writes emoji by their names, whose list comes when the first is written (row F13)", async () => {
    await ada.draft.pressSequentially("Done at 10:30 :tad");
    const tada = ada.page.getByRole("listbox", { name: "Emoji" }).getByRole("option", { name: ":tada:" });
    await tada.waitFor();
    expect(await ada.draft.getAttribute("aria-activedescendant")).toBe(await tada.getAttribute("id"));
    await takeScreenshot(ada.page, "emoji");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.draft.press("Tab");
    expect(await ada.draft.inputValue()).toBe("Done at 10:30 🎉 ");
    await ada.draft.fill("");
  });

  it("keeps a thread beside the conversation", async () => {
    await ada.choose("Ask @grace", "Reply in a thread");
    const pane = ada.page.locator(".pane");
    await pane.getByRole("textbox").fill("In the thread, from Ada");
    await pane.getByRole("textbox").press("Enter");
    const opener = grace.message("about it").locator(".replies");
    await expect.poll(() => opener.innerText(), patience).toContain("1 reply");
    await opener.click();
    const there = grace.page.locator(".pane .message", { hasText: "In the thread, from Ada" });
    await there.waitFor();
    await grace.page.locator(".pane").getByRole("textbox").fill("In the thread, from Grace");
    await grace.page.keyboard.press("Enter");
    await pane.locator(".message", { hasText: "from Grace" }).waitFor();
    await takeScreenshot(ada.page, "thread");
    expect(await faultsOf(ada.page)).toEqual([]);
    for (const each of [ada, grace]) await each.page.keyboard.press("Escape");
    await expect.poll(() => pane.count(), patience).toBe(0);
  });

  it("takes text as text, whatever it looks like", async () => {
    await ada.say('<img src=x onerror="document.title=1"><b>bold</b> &amp; \u202eevil javascript:alert(1)');
    await expect.poll(() => grace.texts(/onerror/), patience).toHaveLength(1);
    expect(await grace.page.locator(".text img, .text b, .text a[href^=javascript]").count()).toBe(0);
    expect(await grace.page.title()).toBe("Tidings");
  });

  it("[D1][D2] queues while offline, and delivers once and in order when back", async () => {
    await ada.setOffline(true);
    const banner = ada.page.locator(".banner");
    await expect.poll(() => banner.innerText(), patience).toContain("Offline");
    const queued = ["Offline one", "Offline two", "Offline three"];
    for (const text of queued) await ada.say(text);
    await grace.say("Offline, says Grace meanwhile");
    expect(await ada.texts(/Offline/)).toEqual(queued);
    for (const text of queued) expect(await ada.statusOf(text)).toBe("queued");
    await expect.poll(() => banner.innerText(), patience).toContain("3 messages waiting");
    await takeScreenshot(ada.page, "offline");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.setOffline(false);
    const all = ["Offline, says Grace meanwhile", ...queued];
    await expect.poll(() => bothSee(/Offline/), patience).toEqual(both(all));
    await expect.poll(() => banner.count(), patience).toBe(0);
  });

  it("[D1] loses nothing when the page is reloaded in the middle of sending", async () => {
    await ada.setOffline(true);
    await ada.say("Reload one");
    await ada.say("Reload two");
    await expect.poll(() => ada.statusOf("Reload two"), patience).toBe("queued");
    await ada.draft.fill("half a thought");
    await ada.page.waitForTimeout(300); // the draft is stored a moment after the last key
    await ada.page.reload();
    await ada.open("General");
    await expect.poll(() => bothSee(/Reload/), patience).toEqual(both(["Reload one", "Reload two"]));
    expect(await ada.draft.inputValue()).toBe("half a thought");
    await ada.draft.fill("");
  });

  it("[D9] counts down while one may not send, and delivers everything in the end", async () => {
    const notice = grace.page.locator(".notice.warn");
    let [said, told] = [0, ""];
    // As many as it takes: the slower the machine, the more the rate refills meanwhile, and the sooner the notice is gone.
    while (said < 100 && told === "") {
      await grace.say(`Fast ${(said += 1)}.`);
      told = (await notice.allInnerTexts()).join();
    }
    expect(told).toMatch(/goes out in \d+ s/);
    await takeScreenshot(grace.page, "rate-limited");
    await grace.say("Slow at last");
    await ada.message("Slow at last").waitFor({ timeout: 40_000 });
    const shown = (await ada.texts(/^Fast/)).map((text) => Number(/\d+/.exec(text)?.[0]));
    expect(shown).toEqual(shown.map((_, index) => said - shown.length + 1 + index)); // those in the window
  });

  it("[D6] says what is wrong with what may not be sent, and keeps it", async () => {
    await ada.draft.fill("x".repeat(10_001));
    const notice = ada.page.locator(".notice.danger");
    await expect.poll(() => notice.innerText(), patience).toMatch(/10.?001|long/);
    await takeScreenshot(ada.page, "too-long");
    await ada.draft.press("Enter");
    expect((await ada.draft.inputValue()).length).toBe(10_001);
    await ada.draft.fill("");
  });

  it("finds words, and leads to the message", async () => {
    await ada.page.getByRole("button", { name: "Search" }).click();
    await ada.page.getByRole("searchbox").fill("northern");
    const results = ada.page.locator(".result");
    await expect.poll(() => results.count(), patience).toBeGreaterThan(0);
    expect(await ada.page.locator(".result mark").first().innerText()).toMatch(/^northern$/i);
    const status = ada.page.locator(".pane-search [role=status]");
    await expect.poll(() => status.innerText(), patience).toMatch(/^\d+ results?$/);
    await ada.page.getByRole("button", { name: "Everywhere" }).click();
    await ada.page.locator(".result-place").first().waitFor();
    await takeScreenshot(ada.page, "search-everywhere");
    await ada.page.getByRole("button", { name: "Everywhere" }).click();
    await expect.poll(() => ada.page.locator(".result-place").count(), patience).toBe(0);
    await expect.poll(() => status.innerText(), patience).toMatch(/^\d+ results?$/);
    await results.last().click();
    await ada.page.locator(".message[data-flash]", { hasText: "northern" }).waitFor();
    await takeScreenshot(ada.page, "search");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.page.getByRole("button", { name: "Close" }).click();
    await ada.page.getByRole("button", { name: "Go to the newest message" }).click();
    await expect.poll(() => ada.page.locator(".jump").count(), patience).toBe(0);
  });

  it("adds and removes people, and gives roles (rows E5, E7)", async () => {
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await takeScreenshot(ada.page, "new-conversation");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.page.getByRole("textbox", { name: "Name" }).fill("Tide tables");
    await ada.page.getByRole("checkbox", { name: "Grace" }).check();
    await ada.page.getByRole("button", { name: "Create" }).click();
    await ada.page.locator("#chat-title", { hasText: "Tide tables" }).waitFor();
    await takeScreenshot(ada.page, "empty");
    await grace.open("Tide tables");
    await grace.say("Thank you");
    await ada.message("Thank you").waitFor();

    await ada.page.getByRole("button", { name: "Conversation settings" }).click();
    const pane = ada.page.locator(".pane");
    await pane.getByRole("textbox", { name: "Add a person" }).fill("Katherine");
    await pane.getByRole("button", { name: "Add", exact: true }).click();
    await expect.poll(() => pane.locator(".member").count(), patience).toBe(3);
    await pane.getByLabel("Role of Grace").selectOption("moderator");
    await takeScreenshot(ada.page, "settings");
    expect(await faultsOf(ada.page)).toEqual([]);
    await pane.getByRole("button", { name: "Remove Katherine" }).click();
    await expect.poll(() => pane.locator(".member").count(), patience).toBe(2);
    await grace.page.getByRole("button", { name: "Conversation settings" }).click();
    await expect
      .poll(() => grace.page.locator(".member-role").allInnerTexts(), patience)
      .toContain("Moderator");
    await grace.page.keyboard.press("Escape");

    await grace.setOffline(true);
    await grace.say("Too late");
    await pane.getByRole("button", { name: "Remove Grace" }).click();
    await expect.poll(() => pane.locator(".member").count(), patience).toBe(1);
    await grace.setOffline(false);
    await expect
      .poll(() => grace.page.getByText("You are not in this conversation").count(), patience)
      .toBe(1);
    // [D6] What she wrote is still there, with why it was refused.
    const failure = grace.message("Too late").locator(".failure");
    await expect.poll(() => failure.innerText(), patience).toMatch(/not-found|permission/);
    await takeScreenshot(grace.page, "removed");
    expect(await faultsOf(grace.page)).toEqual([]);
    await failure.getByText("Discard").click();
    await expect.poll(() => grace.texts(/Too late/), patience).toEqual([]);
  });

  it("answers who is alone: Alan reads, types, reacts and writes", async () => {
    await ada.open("Alan");
    await ada.say("Hello Alan");
    const typing = ada.page.locator(".chat-foot .typing");
    await expect.poll(() => typing.innerText(), patience).toContain("Alan is typing");
    await expect.poll(() => ada.statusOf("Hello Alan"), patience).toBe("read");
    await expect.poll(() => ada.page.locator(".message[data-own=false]").count(), patience).toBe(2);
    await takeScreenshot(ada.page, "alan");
  });

  it("can be walked through by the keyboard alone", async () => {
    await ada.page.reload();
    const general = ada.page.locator(".conversation", { hasText: "General" });
    await general.waitFor();
    await ada.tabTo(general);
    await ada.page.keyboard.press("Enter");
    await ada.message("Slow at last").waitFor();
    await ada.tabTo(ada.draft);
    await ada.page.keyboard.type("By keyboard");
    await ada.page.keyboard.press("Enter");
    await expect.poll(() => ada.statusOf("By keyboard"), patience).toBe("delivered");
    await ada.tabTo(ada.page.getByRole("log", { name: "Messages" }), "Shift+Tab");
    await ada.page.keyboard.press("ArrowUp");
    await ada.page.keyboard.press("ArrowUp");
    const focused = ada.page.locator(".message:focus");
    await expect.poll(() => focused.locator(".text").innerText(), patience).toBe("Slow at last");
    await ada.page.keyboard.press("Enter");
    await ada.page.locator(".menu").waitFor();
    await ada.page.keyboard.press("ArrowDown"); // one of six emojis is the first
    await ada.page.keyboard.press("Enter");
    await expect
      .poll(() => ada.message("Slow at last").locator(".reaction").innerText(), patience)
      .toMatch(/❤️\s*1/);
    await ada.page.keyboard.press("Enter");
    await ada.page.locator(".menu").waitFor();
    await takeScreenshot(ada.page, "menu");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.page.keyboard.press("ArrowDown");
    await ada.page.keyboard.press("Escape");
    await expect.poll(() => ada.page.locator(".menu").count(), patience).toBe(0);
    await expect.poll(() => focused.count(), patience).toBe(1);
    await ada.page.keyboard.press("Escape");
    expect(await ada.draft.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
