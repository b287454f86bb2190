import { defaultPolicy } from "@tidings/core/protocol";
import { createFaultProxy, type FaultProxy } from "@tidings/server/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { losingNetwork } from "./losing-network.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, goBack, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

/** The server gives a link up that has been silent for a few of these. */
const HEARTBEAT_MS = 1_000;

/** What browsers do with pages that live long; Ada's are behind a network that can be cut. */
describe.skipIf(chromiumPath === undefined)("the life of a page", { timeout: 60_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let proxy: FaultProxy;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    const policy = { ...defaultPolicy, heartbeatMs: HEARTBEAT_MS, rates: [] };
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development", policy });
    proxy = await createFaultProxy({ target: { port: Number(new URL(demo.url).port) } });
    browser = await launchChromium({ keepsPages: true });
    ada = chatPage(await openWindow(browser, await linkOfAda(), []));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles));
    for (const each of [ada, grace]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await demo?.close();
  });

  const linkOfAda = async (): Promise<string> => {
    const link = new URL(await demo.linkOf("ada"));
    link.port = String(proxy.port);
    return link.href;
  };
  const isOnline = async ({ page }: ChatPage): Promise<boolean> =>
    (await page.locator(".connection-line[data-state=online]").count()) === 1;

  /** One more tab of hers, beside what she has open. */
  const openAnother = async (link: string): Promise<ChatPage> => {
    const page = await ada.page.context().newPage();
    await page.goto(link);
    const tab = chatPage(page);
    await tab.open("General");
    await expect.poll(() => isOnline(tab), patience).toBe(true);
    return tab;
  };

  it("[D2][D3] shows the same in four tabs of two people, whoever writes in which", async () => {
    const [second, third] = [await openAnother(await linkOfAda()), await openAnother(await linkOfAda())];
    expect(demo.connections()).toBe(2); // all tabs of Ada's have one
    const all = [ada, second, third, grace];
    for (const [index, each] of all.entries()) await each.draft.fill(`Tab ${index}, at once`);
    await Promise.all(all.map(({ draft }) => draft.press("Enter")));
    const shown = async (): Promise<readonly string[]> =>
      (await Promise.all(all.map((each) => each.texts(/^Tab \d/)))).map((texts) => texts.join());
    await expect.poll(async () => (await grace.texts(/^Tab \d/)).length, patience).toBe(4);
    await expect.poll(async () => new Set(await shown()).size, patience).toBe(1);
    await expect.poll(() => second.statusOf("Tab 0"), patience).toBe("read"); // one's own, sent elsewhere
    await ada.page.close(); // the first, which had the link: another takes it over
    await third.page.close();
    ada = second;
    await ada.say("Tab 1, alone again");
    await expect.poll(async () => (await grace.texts(/alone again/)).length, patience).toBe(1);
    expect(demo.connections()).toBe(2);
  });

  it("[D8] keeps two people in one browser apart: each has a link, and a past, of their own", async () => {
    const other = await openAnother(await demo.linkOf("grace"));
    await expect.poll(() => other.texts(/alone again/), patience).toHaveLength(1);
    expect(await other.message("alone again").getAttribute("data-own")).toBe("false");
    expect(demo.connections()).toBe(3);
    await other.page.close();
    await expect.poll(() => demo.connections(), patience).toBe(2);
  });

  it("keeps what she notes for herself on all her devices, and shows it to nobody else (rows E2, E4, F5)", async () => {
    const desk = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    await desk.open("General");
    const about = async (title: string, item: string): Promise<void> => {
      const row = ada.page.locator(".conversations li", { hasText: title });
      await row.hover();
      await row.locator(".conversation-more").click();
      await ada.page.locator(".menu").getByText(item, { exact: true }).click();
    };
    const listOf = ({ page }: ChatPage): Promise<readonly string[]> =>
      page.locator(".conversation").allInnerTexts();
    await about("Boat crew", "Keep at the top");
    await about("Boat crew", "Mute for 8 hours");
    await expect.poll(async () => (await listOf(desk))[0], patience).toMatch(/Boat crew[^]*pinned[^]*muted/);
    await grace.say("A keeper");
    await expect.poll(() => ada.texts(/A keeper/), patience).toHaveLength(1);
    await ada.choose("A keeper", "Bookmark");
    await desk.page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    const kept = desk.page.locator(".pane");
    await expect.poll(() => kept.innerText(), patience).toContain("A keeper");
    await takeScreenshot(desk.page, "kept");
    expect(await faultsOf(desk.page)).toEqual([]);
    await ada.choose("A keeper", "Delete for me");
    await desk.page.locator("main .hidden-message").waitFor();
    expect(await desk.texts(/A keeper/)).toEqual([]);
    expect(await grace.texts(/A keeper/)).toHaveLength(1);
    await ada.draft.fill("I was about to");
    await expect.poll(async () => (await listOf(desk)).join(), patience).toMatch(/Draft:\s*I was about to/);
    expect(await desk.draft.inputValue()).toBe("I was about to");
    await about("Boat crew", "Archive");
    await desk.page.getByRole("button", { name: "Show 1 archived" }).waitFor();
    await ada.draft.fill("");
    await expect.poll(async () => (await listOf(desk)).join(), patience).not.toContain("Draft:");
    await takeScreenshot(desk.page, "notes");
    expect((await listOf(grace)).join()).not.toMatch(/pinned|muted|archived|Draft/);
    await desk.page.context().close();
  });

  it("sends later what she has written, and reminds her, until she calls it off (row I1)", async () => {
    await grace.say("Do not forget this");
    await expect.poll(() => ada.texts(/Do not forget/), patience).toHaveLength(1);
    await ada.choose("Do not forget this", "Remind me in an hour");
    await ada.draft.fill("Good morning, crew");
    await ada.page.getByRole("button", { name: "Send later" }).press("Enter");
    await ada.page.getByRole("menu").getByRole("menuitem").nth(1).press("Enter");
    await expect.poll(() => ada.draft.inputValue(), patience).toBe("");
    const desk = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    await desk.open("General");
    await desk.page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    const plans = desk.page.locator(".pane");
    await expect
      .poll(() => plans.innerText(), patience)
      .toMatch(/To be sent here[^]*Good morning, crew[^]*Your reminders[^]*Do not forget this/);
    await takeScreenshot(desk.page, "later");
    expect(await faultsOf(desk.page)).toEqual([]);
    expect(await grace.texts(/Good morning/)).toEqual([]);
    await plans.getByRole("button", { name: "Do not send" }).click();
    await plans.getByRole("button", { name: "No longer remind me" }).click();
    await expect.poll(() => plans.innerText(), patience).not.toMatch(/To be sent|reminders/);
    await desk.page.context().close();
  });

  it("shows a thread with pages of its own, and what is quoted where it is not loaded (row F3)", async () => {
    await grace.say("Where do we meet?");
    await grace.choose("Where do we meet?", "Reply in a thread");
    const write = grace.page.locator(".pane").getByRole("textbox");
    for (const text of ["At the pier", "At eight"]) {
      await write.fill(text);
      await write.press("Enter");
    }
    await ada.message("Where do we meet?").getByRole("button", { name: "2 replies" }).click();
    const thread = ada.page.locator(".pane");
    await expect
      .poll(() => thread.innerText(), patience)
      .toMatch(/Where do we meet[^]*2 replies[^]*pier[^]*eight/);
    await thread.getByLabel("Follow this thread").check();
    await takeScreenshot(ada.page, "thread");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.page.keyboard.press("Escape");
    await grace.page.keyboard.press("Escape");
  });

  it("[D4] shows where messages are missing, fetches them by itself, and puts them in their place", async () => {
    const page = await openWindow(browser, "about:blank", troubles);
    const lossy = await losingNetwork(page);
    await page.goto(await demo.linkOf("ada"));
    const here = chatPage(page);
    await here.open("General");
    await expect.poll(() => isOnline(here), patience).toBe(true);
    lossy.lose(/Lost on the way/);
    for (const text of ["Lost on the way, one", "Lost on the way, two", "Not lost"]) await grace.say(text);
    const hole = page.locator(".hole");
    await expect.poll(() => hole.innerText(), patience).toBe("2 messages not loaded yet");
    await takeScreenshot(page, "hole");
    expect(await faultsOf(page)).toEqual([]);
    lossy.heal();
    const all = ["Lost on the way, one", "Lost on the way, two", "Not lost"];
    await expect.poll(() => here.texts(/[Ll]ost/), patience).toEqual(all);
    expect(await hole.count()).toBe(0);
    await page.context().close();
  });

  it("says so when the page itself is broken, and offers to begin anew", async () => {
    const page = await openWindow(browser, "about:blank", []);
    await page.addInitScript(() => {
      const { isBroken } = Object(history.state);
      if (isBroken === undefined)
        Object.defineProperty(Intl.DateTimeFormat.prototype, "format", { value: 0 });
      history.replaceState({ isBroken: false }, "");
    });
    await page.goto(await demo.linkOf("ada"));
    await page.getByRole("heading", { name: "Something on this page is broken" }).waitFor();
    await takeScreenshot(page, "broken");
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Reload the page" }).click();
    await page.locator(".conversation").first().waitFor();
    await page.context().close();
  });

  it("[D1][D2] says once what was on its way when the page was reloaded", async () => {
    proxy.set({ blackHole: true }, "down"); // it gets there, and no answer comes back
    await ada.say("In mid-send");
    await expect.poll(async () => (await grace.texts(/In mid-send/)).length, patience).toBe(1);
    expect(await ada.statusOf("In mid-send")).toBe("sending");
    proxy.cut();
    proxy.heal();
    await ada.page.reload();
    await ada.open("General");
    await expect.poll(() => ada.statusOf("In mid-send"), patience).toBe("read");
    expect(await ada.texts(/In mid-send/)).toHaveLength(1);
    await ada.say("After the reload");
    await expect.poll(async () => grace.texts(/mid-send|After the/), patience).toHaveLength(2);
  });

  it("[D4] is current when it comes back out of the back/forward cache, whoever of her tabs goes there", async () => {
    const beside = await openAnother(await linkOfAda());
    await ada.page.evaluate(() =>
      addEventListener("pageshow", ({ persisted }) => Object.assign(globalThis, { isRestored: persisted })),
    );
    await ada.page.goto(new URL("/icon.svg", await linkOfAda()).href);
    await grace.say("While she was on another page");
    // What this one asks the first for, or says to it, would throw that out of the cache.
    await expect.poll(() => beside.texts(/on another page/), patience).toHaveLength(1);
    expect(demo.connections()).toBe(2);
    await goBack(ada.page);
    await expect.poll(() => ada.texts(/on another page/), patience).toHaveLength(1);
    // Without this the page would have been opened anew, which every page survives.
    expect(await ada.page.evaluate("globalThis.isRestored")).toBe(true);
    await ada.say("Back from there");
    await expect.poll(() => grace.texts(/Back from there/), patience).toHaveLength(1);
    expect(demo.connections()).toBe(2);
    await beside.page.close();
    await ada.say("And alone");
    await expect.poll(() => grace.texts(/And alone/), patience).toHaveLength(1);
  });

  it("[D4] is current after it stood still for longer than a link lives, as in a background tab", async () => {
    await expect.poll(() => isOnline(ada), patience).toBe(true);
    const before = demo.connections();
    // Headless Chromium has no background: `Page.setWebLifecycleState` freezes nothing there, the debugger does.
    const cdp = await ada.page.context().newCDPSession(ada.page);
    await cdp.send("Debugger.enable");
    await cdp.send("Debugger.pause");
    await expect.poll(() => demo.connections(), patience).toBe(before - 1);
    await grace.say("While she stood still");
    await grace.say("And a second one");
    await cdp.send("Debugger.resume");
    await cdp.detach();
    await expect.poll(() => ada.texts(/stood still|a second one/), patience).toHaveLength(2);
    await expect.poll(() => isOnline(ada), patience).toBe(true);
    await ada.say("Awake");
    await expect.poll(() => grace.texts(/Awake/), patience).toHaveLength(1);
    await expect.poll(() => demo.connections(), patience).toBe(before);
  });

  it("shows that messages are on their way, and what keeps them away", async () => {
    const page = await openWindow(browser, await linkOfAda(), []);
    await page.locator(".conversation", { hasText: "Boat crew" }).waitFor();
    await page.locator(".message").first().waitFor();
    proxy.set({ blackHole: true }, "down");
    await page.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Never answered");
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator("#chat-title", { hasText: "Never answered" }).waitFor();
    await takeScreenshot(page, "loading");
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
    proxy.heal();

    const stranger = new URL(await demo.linkOf("ada"));
    stranger.hash = "#token=forged&user=ada";
    const blocked = await openWindow(browser, stranger.href, []);
    const reason = blocked.locator("main");
    await expect.poll(() => reason.innerText(), patience).toMatch(/sign in again[^]*auth\/invalid/i);
    await takeScreenshot(blocked, "blocked");
    expect(await faultsOf(blocked)).toEqual([]);
    await blocked.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => blocked.locator(".sidebar .banner").isVisible(), patience).toBe(true);
    await takeScreenshot(blocked, "phone-blocked");
    await blocked.context().close();
  });

  it.each([
    ["german", "?lang=de", { locale: "de-DE" }],
    ["rtl", "?dir=rtl", { reducedMotion: "reduce" }],
    ["phone-rtl", "?dir=rtl", phone],
  ] as const)("is readable and without faults: %s", async (name, query, options) => {
    const page = await openWindow(browser, await demo.linkOf("ada", `/${query}`), troubles, options);
    await page.locator(".conversation").first().waitFor();
    const { width } = page.viewportSize() ?? { width: 0 };
    await takeScreenshot(page, `${name}-list`);
    await page.locator(".conversation", { hasText: "General" }).click();
    await page.locator(".message").last().waitFor();
    await takeScreenshot(page, name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await faultsOf(page)).toEqual([]);
    await page.locator(".chat-header [data-icon=settings]").click();
    await page.locator(".member").first().waitFor();
    await takeScreenshot(page, `${name}-settings`);
    expect(await faultsOf(page)).toEqual([]);
    await page.reload();
    await page.locator(".sidebar [data-icon=plus]").click();
    await takeScreenshot(page, `${name}-dialog`);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it("asks before it notifies, and no more once that is allowed", async () => {
    const page = await openWindow(browser, await demo.linkOf("ada"), troubles);
    const prompt = page.locator(".prompt");
    await prompt.waitFor();
    await page.context().grantPermissions(["notifications"]); // as the person does where the browser asks
    await prompt.getByText("Turn on").click();
    await expect.poll(() => prompt.count(), patience).toBe(0);
    await page.reload();
    await page.locator(".conversation", { hasText: "General" }).click();
    await page.locator(".message").last().waitFor();
    expect(await prompt.count()).toBe(0);
    await takeScreenshot(page, "notifications-allowed");
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it("can be used by touch alone, on a phone", async () => {
    const page = await openWindow(browser, await demo.linkOf("ada"), troubles, phone);
    const hand = chatPage(page);
    const photograph = async (name: string): Promise<void> => {
      await takeScreenshot(page, `phone-${name}`);
      expect(await faultsOf(page)).toEqual([]);
      expect(await page.evaluate(tooWide)).toEqual([]);
    };
    await page.locator(".conversation", { hasText: "General" }).waitFor();
    await photograph("list");
    expect(await page.evaluate(covered)).toEqual([]);
    await page.locator(".conversation", { hasText: "General" }).tap();
    expect(await hand.draft.evaluate(({ clientWidth }) => clientWidth)).toBeGreaterThan(240);
    await hand.draft.fill("By hand");
    await page.getByRole("button", { name: "Send", exact: true }).tap();
    await expect.poll(() => hand.statusOf("By hand"), patience).toBe("read");
    await photograph("chat");
    await hand.message("By hand").locator("[data-do=menu]").tap();
    await photograph("menu");
    await page.locator(".menu").getByText("👍").tap();
    await hand.message("By hand").locator(".reaction").waitFor();
    await hand.message("By hand").locator("[data-do=menu]").tap();
    await page.locator(".menu").getByText("Reply in a thread").tap();
    await page.locator(".pane").getByRole("textbox").fill("Beside it");
    await page.locator(".pane").getByRole("button", { name: "Send", exact: true }).tap();
    await page.locator(".pane .message", { hasText: "Beside it" }).waitFor();
    await photograph("thread");
    await page.locator(".pane").getByRole("button", { name: "Close" }).tap();
    await page.getByRole("button", { name: "Search" }).tap();
    await page.getByRole("searchbox").fill("by hand");
    await page.locator(".result mark").first().waitFor();
    await photograph("search");
    await page.locator(".pane").getByRole("button", { name: "Close" }).tap();
    await page.getByRole("button", { name: "Conversation settings" }).tap();
    await page.locator(".member").first().waitFor();
    await photograph("settings");
    await page.locator(".pane").getByRole("button", { name: "Close" }).tap();
    await page.getByRole("button", { name: "Back" }).tap();
    await page.getByText("Go offline").tap();
    await page.locator(".conversation", { hasText: "General" }).tap();
    await hand.say("With the cable out");
    await expect.poll(() => hand.statusOf("With the cable out"), patience).toBe("queued");
    await photograph("offline");
    await page.context().close();
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});

/** Runs in the page: rows of the list of which a button covers what they say. */
function covered(): readonly string[] {
  const rows = [...document.querySelectorAll(".conversations li")];
  const isCovered = (row: Element): boolean => {
    const button = row.querySelector(".conversation-more")?.getBoundingClientRect();
    const said = [...row.querySelectorAll(".conversation-last, .badges, .conversation-time")];
    return said.some((each) => each.getBoundingClientRect().right > (button?.left ?? Infinity));
  };
  return rows.filter(isCovered).map(({ textContent }) => textContent);
}
