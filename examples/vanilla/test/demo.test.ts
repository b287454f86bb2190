import { existsSync } from "node:fs";
import { source as axe } from "axe-core";
import type { ConversationItem } from "@tidings/core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectAs } from "../demo/first-message.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage } from "./chat-page.ts";
import { chromiumPath, launchChromium, openWindow, takeScreenshot } from "./chromium.ts";
import { runDemo } from "./run-demo.ts";

// Everything that builds and reads the bundle stands in this one file, so that it happens one after the other.

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
    expect(code).toBe(0);
    expect(existsSync(folderIn(output))).toBe(false);
  });

  it("says how it is used, and what is wrong with how it was called", async () => {
    expect((await runDemo(["--help"])).output).toContain("--port <number>");
    const wrong = await runDemo(["--port", "many"]);
    expect(wrong.output).toContain('not "many"');
    expect(wrong.code).toBe(1);
  });
});

const patience = { timeout: 10_000, interval: 50 };

/** One story in two windows: each chapter goes on where the one before ended. */
describe.skipIf(chromiumPath === undefined)("the chat page", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    const { code, output } = await runDemo(["--help"]); // refreshes the bundle
    if (code !== 0) throw new Error(output);
    demo = await startDemo({ port: 0 });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles));
    for (const each of [ada, grace]) await each.open("General");
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  /** Ada does so elsewhere. */
  async function archive(name: string): Promise<void> {
    const client = await connectAs(demo, "ada");
    const find = (): ConversationItem | undefined =>
      client.conversations.get().find(({ record }) => record?.name === name);
    await expect.poll(find, patience).toBeDefined();
    const sent = await client.conversation(find()?.conversationId ?? "").setStatus("archived");
    await sent.settled();
    await client.close();
  }

  /** What matches, as the one and as the other sees it. */
  const bothSee = (pattern: RegExp): Promise<readonly (readonly string[])[]> =>
    Promise.all([ada.texts(pattern), grace.texts(pattern)]);

  const both = (texts: readonly string[]): unknown => [texts, texts];

  it("[D3] shows both people the same messages in the same order, delivered and read", async () => {
    await ada.say("Chapter one: hello Grace");
    await expect.poll(() => bothSee(/Chapter one/), patience).toEqual(both(["Chapter one: hello Grace"]));
    await grace.say("Chapter one: hello Ada");
    await expect.poll(() => ada.texts(/Chapter one/), patience).toHaveLength(2);
    await ada.say("Chapter one: how are you?");
    const texts = ["Chapter one: hello Grace", "Chapter one: hello Ada", "Chapter one: how are you?"];
    await expect.poll(() => bothSee(/Chapter one/), patience).toEqual(both(texts));
    await expect.poll(() => ada.statusOf("Chapter one: how are you?"), patience).toBe("read");
  });

  it("shows who types, and who is there", async () => {
    // A signal every three seconds at most, and one has just gone out.
    await grace.draft.pressSequentially("I am writing", { delay: 300 });
    await expect.poll(() => ada.page.locator("#typing").innerText(), patience).toContain("Grace is typing");
    await takeScreenshot(ada.page, "typing");
    await grace.draft.fill("");
    await expect.poll(() => ada.page.locator("#typing").innerText(), patience).toBe("");
    await expect.poll(() => ada.page.locator("#room-people").innerText(), patience).toContain("Grace online");
  });

  it("shows reactions, answers, edits and deletions to both", async () => {
    await ada.say("Chapter two: to be changed");
    await expect.poll(() => grace.statusOf("Chapter two: to be changed"), patience).toBe("sent");
    await grace.choose("Chapter two: to be changed", "🎉");
    const reaction = ada.message("Chapter two: to be changed").locator(".reaction");
    await expect.poll(() => reaction.innerText(), patience).toMatch(/🎉\s*1/);
    await reaction.click();
    await expect
      .poll(() => grace.message("Chapter two").locator(".reaction").innerText(), patience)
      .toMatch(/🎉\s*2/);
    await grace.message("Chapter two").locator(".reaction").click();
    await expect.poll(() => reaction.innerText(), patience).toMatch(/🎉\s*1/);

    await grace.choose("Chapter two: to be changed", "Reply");
    await grace.say("The answer");
    await expect
      .poll(() => ada.message("The answer").locator(".quote").innerText(), patience)
      .toContain("to be changed");

    await ada.choose("Chapter two: to be changed", "Edit");
    await ada.say("Chapter two: changed");
    const edited = grace.message("Chapter two: changed").locator(".edited");
    await expect.poll(() => edited.isVisible(), patience).toBe(true);
    await takeScreenshot(ada.page, "desktop-light");

    await ada.choose("Chapter two: changed", "Delete");
    await expect.poll(() => bothSee(/Chapter two/), patience).toEqual(both([]));
    await expect
      .poll(() => grace.message("The answer").locator(".quote").innerText(), patience)
      .toContain("was deleted");
  });

  it("takes text as text, whatever it looks like", async () => {
    const hostile = '<img src=x onerror="document.title=1"><b>bold</b> &amp; \u202eevil';
    await ada.say(hostile);
    await expect.poll(() => grace.texts(/onerror/), patience).toHaveLength(1);
    expect(await grace.page.locator(".message img, .message b").count()).toBe(0);
    expect(await grace.page.title()).toBe("General · Tidings");
  });

  it("[D1][D2][D3] queues while offline, and delivers each exactly once, in order, when back", async () => {
    await ada.setOffline(true);
    await expect.poll(() => ada.page.locator("#connection").innerText(), patience).toBe("Offline");
    for (const number of ["one", "two", "three"]) await ada.say(`Offline ${number}`);
    await grace.say("Offline, says Grace meanwhile");
    const queued = ["Offline one", "Offline two", "Offline three"];
    expect(await ada.texts(/Offline/)).toEqual(queued);
    for (const text of queued) expect(await ada.statusOf(text)).toBe("queued");
    expect(await ada.page.locator("#outbox").innerText()).toBe(
      "No connection: 3 messages waiting to be sent",
    );
    await takeScreenshot(ada.page, "offline");
    expect(await grace.texts(/Offline (one|two|three)/)).toEqual([]);

    await ada.setOffline(false);
    await expect
      .poll(() => bothSee(/Offline/), patience)
      .toEqual(both(["Offline, says Grace meanwhile", ...queued]));
    await expect.poll(() => ada.statusOf("Offline three"), patience).toBe("read");
    await expect.poll(() => ada.page.locator("#outbox").isHidden(), patience).toBe(true);
  });

  it("[D2] survives the cable being pulled again and again in the middle of sending", async () => {
    const texts = Array.from({ length: 6 }, (_, index) => `Flicker ${index}`);
    for (const text of texts) {
      await ada.say(text);
      await ada.setOffline(true);
      await ada.setOffline(false);
    }
    await expect.poll(() => bothSee(/Flicker/), patience).toEqual(both(texts));
  });

  it("[D9] counts down while one may not send, and delivers everything in the end", async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `Fast ${String(index).padStart(2, "0")}`);
    for (const text of texts) await grace.say(text);
    await expect.poll(() => grace.page.locator("#rate").innerText(), patience).toMatch(/goes out in \d+ s/);
    await takeScreenshot(grace.page, "rate-limited");
    await expect.poll(() => bothSee(/Fast/), patience).toEqual(both(texts));
    await expect.poll(() => grace.page.locator("#rate").isHidden(), patience).toBe(true);
  });

  it("[D6] gives back the text of what may not be sent, and says why", async () => {
    await ada.say("x".repeat(10_001));
    await expect.poll(() => ada.page.locator("#toasts").innerText(), patience).toContain("draft/too-long");
    expect((await ada.draft.inputValue()).length).toBe(10_001);
    await ada.draft.fill("");
    await ada.page.locator("#toasts button").first().click();
  });

  it("goes on after a reload, with nothing twice and nothing missing", async () => {
    const before = await ada.texts(/Flicker|Fast|Offline/);
    await ada.page.reload();
    await ada.open("General");
    await expect.poll(() => ada.texts(/Flicker|Fast|Offline/), patience).toEqual(before);
    await ada.say("Back again");
    await expect.poll(() => bothSee(/Back again/), patience).toEqual(both(["Back again"]));
  });

  it("scrolls back to the first message without a jump", async () => {
    const log = ada.page.locator("#log");
    const first = ada.page.locator(".message").first();
    for (let rounds = 0; rounds < 80; rounds += 1) {
      const id = await first.getAttribute("data-id");
      const place = await first.evaluate((row) => row.getBoundingClientRect().top);
      await log.evaluate((box) => (box.scrollTop = Math.max(0, box.scrollTop - 300)));
      await ada.page.waitForTimeout(20);
      const same = ada.page.locator(`.message[data-id="${id}"]`);
      const moved = (await same.evaluate((row) => row.getBoundingClientRect().top)) - place;
      expect(Math.abs(moved)).toBeLessThanOrEqual(301);
      if ((await log.evaluate((box) => box.scrollTop)) === 0) break;
    }
    expect(await first.locator(".text").innerText()).toContain("tide tables");
    await takeScreenshot(ada.page, "scrolled-back");
    await ada.page.locator("#jump").click();
    await expect.poll(() => ada.page.locator("#jump").isHidden(), patience).toBe(true);
  });

  it("begins a conversation that the other sees at once", async () => {
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await takeScreenshot(ada.page, "new-conversation");
    await ada.page.locator("#new-name").fill("Tide tables");
    await ada.page.locator("#new-people").getByLabel("Grace").check();
    await ada.page.locator("#new-name").press("Enter");
    await ada.say("A room of our own");
    await grace.open("Tide tables");
    await expect.poll(() => grace.texts(/room of our own/), patience).toHaveLength(1);
  });

  it("is usable by keyboard alone", async () => {
    const { draft } = ada;
    const { keyboard } = ada.page;
    await draft.press("ArrowUp");
    expect(await draft.inputValue()).toBe("A room of our own");
    await draft.press("Escape");
    expect(await draft.inputValue()).toBe("");
    await draft.fill("Half a thought");
    await ada.choose("A room of our own", "Edit");
    await draft.press("Escape");
    expect(await draft.inputValue()).toBe("Half a thought");
    await draft.fill("");
    await draft.pressSequentially("two");
    await draft.press("Shift+Enter");
    await draft.pressSequentially("lines");
    await draft.press("Enter");
    await expect.poll(() => grace.texts(/^two\nlines$/), patience).toHaveLength(1);

    await ada.page.locator("#log").focus();
    await keyboard.press("ArrowUp");
    await keyboard.press("ArrowUp");
    await keyboard.press("Enter");
    await keyboard.press("ArrowRight");
    await keyboard.press("Enter");
    const reaction = grace.message("A room of our own").locator(".reaction");
    await expect.poll(() => reaction.innerText(), patience).toMatch(/❤️\s*1/);
    expect(await ada.page.evaluate(() => document.activeElement?.className)).toBe("message");

    await ada.page.locator(".conversation").first().focus();
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await expect.poll(() => ada.page.locator("#room-name").innerText(), patience).toBe("General");
  });

  it("[D6] keeps what the server refused in sight, with the reason, until it is discarded", async () => {
    await grace.open("Tide tables");
    await grace.setOffline(true);
    await grace.say("Too late");
    await archive("Tide tables");
    await grace.setOffline(false);
    await expect.poll(() => grace.statusOf("Too late"), patience).toBe("failed");
    const failure = grace.message("Too late").locator(".failure");
    expect(await failure.innerText()).toContain("conversation/closed");
    await takeScreenshot(grace.page, "refused");
    await failure.getByText("Try again").click();
    await expect.poll(() => grace.statusOf("Too late"), patience).toBe("failed");
    await failure.getByText("Discard").click();
    await expect.poll(() => grace.texts(/Too late/), patience).toEqual([]);
  });

  it("is readable on a phone and in the dark", async () => {
    const phone = {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
    };
    const link = await demo.linkOf("grace");
    const small = await openWindow(browser, link, troubles, { ...phone, colorScheme: "dark" });
    await small.locator(".conversation").first().waitFor();
    await takeScreenshot(small, "phone-list-dark");
    await small.locator(".conversation", { hasText: "General" }).click();
    await small.locator(".message", { hasText: "Back again" }).waitFor();
    await takeScreenshot(small, "phone-dark");
    expect(await small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await small.getByLabel("Back to the conversations").click();
    await small.locator(".conversation").first().waitFor();
    await small.context().close();

    await ada.page.emulateMedia({ colorScheme: "dark" });
    await takeScreenshot(ada.page, "desktop-dark");
    await ada.page.emulateMedia({ colorScheme: "light" });
  });

  it.each(["light", "dark"] as const)(
    "has no accessibility faults that axe finds (%s)",
    async (colorScheme) => {
      const { page } = ada;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(axe);
      const faults = (): Promise<unknown> =>
        page.evaluate(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((each) => each.html)]))",
        );
      expect(await faults()).toEqual([]);
      await page.getByRole("button", { name: "New conversation" }).click();
      expect(await faults()).toEqual([]);
      await page.getByRole("button", { name: "Cancel" }).click();
      await ada.message("Back again").click({ button: "right" });
      expect(await faults()).toEqual([]);
      await takeScreenshot(page, `menu-${colorScheme}`);
      await page.keyboard.press("Escape");
    },
  );

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
