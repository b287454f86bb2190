import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tidings/core";
import { openPlans } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, launchProfile } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

/** What browsers do without a push service of their own: its pushes are delivered by hand. */
describe.skipIf(chromiumPath === undefined)("notifications in a browser", { timeout: 60_000 }, () => {
  const troubles: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "tidings-profile-"));
  let demo: Demo;
  let browser: Browser;
  let profile: BrowserContext;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" });
    browser = await launchChromium();
    profile = await launchProfile(folder);
    ada = chatPage(await pageOf(profile, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles));
    await profile.grantPermissions(["notifications"], { origin: new URL(ada.page.url()).origin });
    for (const each of [ada, grace]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await profile?.close();
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    await demo?.close();
  });

  const settings = ({ page }: ChatPage) => page.getByRole("dialog", { name: "Notifications" });

  it("are set once for all devices, by keyboard, with quiet hours, and pass what axe asks (rows E4, F12)", async () => {
    const { page } = ada;
    const open = page.getByRole("button", { name: "Notifications" });
    await open.focus();
    await page.keyboard.press("Enter");
    const dialog = settings(ada);
    await dialog.getByRole("combobox").selectOption("mentions");
    await ada.tabTo(dialog.getByRole("switch", { name: "Show what was said" }));
    await page.keyboard.press("Space");
    await ada.tabTo(dialog.getByRole("switch", { name: "Quiet hours" }));
    await page.keyboard.press("Space");
    await dialog.getByLabel("From").fill("21:30");
    await dialog.getByRole("checkbox", { name: "Sun" }).uncheck();
    expect(await faultsOf(page)).toEqual([]);
    await takeScreenshot(page, "notification-settings");
    const desk = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles, phone));
    await desk.page.getByRole("button", { name: "Notifications" }).click();
    const other = settings(desk);
    await expect.poll(() => other.getByLabel("From").inputValue(), patience).toBe("21:30");
    expect(await other.getByRole("combobox").inputValue()).toBe("mentions");
    expect(await other.getByRole("checkbox", { name: "Sun" }).isChecked()).toBe(false);
    expect(await other.getByRole("switch", { name: "Show what was said" }).isChecked()).toBe(false);
    expect(await desk.page.evaluate(tooWide)).toEqual([]);
    await takeScreenshot(desk.page, "notification-settings-phone");
    await other.getByRole("combobox").selectOption("all");
    await other.getByRole("switch", { name: "Show what was said" }).check();
    await other.getByRole("switch", { name: "Quiet hours" }).uncheck();
    await expect.poll(() => dialog.getByLabel("From").count(), patience).toBe(0);
    await desk.page.context().close();
    await page.keyboard.press("Escape");
    await expect
      .poll(() => open.evaluate((element) => element === document.activeElement), patience)
      .toBe(true);
  });

  it("say that it did not work where there is no push service, and leave everything as it was", async () => {
    const { page } = grace; // private: Chromium refuses at once
    await page.context().grantPermissions(["notifications"], { origin: new URL(page.url()).origin });
    await page.getByRole("button", { name: "Notifications" }).click();
    const toggle = settings(grace).getByRole("switch", { name: "On this device" });
    await toggle.click();
    await expect
      .poll(() => settings(grace).getByRole("status").textContent(), patience)
      .toContain("It did not work");
    expect(await toggle.isChecked()).toBe(false);
    await page.keyboard.press("Escape");
    expect(troubles.splice(0).filter((trouble) => !trouble.includes("Push API"))).toEqual([]);
  });

  it("are shown by the service worker while the app is closed, lead to the message, and are gone once it is read, or a reminder let go (rows F12, I1)", async () => {
    const { page } = ada;
    const { origin } = new URL(page.url());
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/push-worker.js");
      await navigator.serviceWorker.ready;
    });
    const push = await pushService(page, origin);
    const worker = await workerOf(profile);
    await page.goto("about:blank");
    await grace.say("Have you seen this?");
    await expect.poll(() => grace.statusOf("seen this"), patience).toBe("sent");
    const newest = await fetch(`${origin}/v1/conversations/general/messages?limit=1`, {
      headers: { authorization: `Bearer ${await demo.tokenOf("grace")}` },
    });
    const { id: messageId, seq } = Object(await newest.json()).messages[0];
    const payload = {
      ...{ version: 1, conversationId: "general", messageId, seq, count: 2, badge: 3 },
      ...{ sound: true, authorId: "grace", name: "General", text: "Have you seen this?" },
    };
    const shown = () =>
      worker.evaluate(async () => {
        const { registration }: { registration: ServiceWorkerRegistration } = Object(globalThis);
        const all = await registration.getNotifications();
        return all.map(({ title, body, tag, silent }) => ({ title, body, tag, silent }));
      });
    // Once more if the worker was not ready for it: the second takes the place of the first.
    const shownOf = async (pushed: object): Promise<unknown> => {
      await push(pushed);
      return shown();
    };
    await expect
      .poll(() => shownOf(payload), patience)
      .toEqual([{ title: "General (2)", body: "Grace: Have you seen this?", tag: "general", silent: false }]);
    await expect
      .poll(() => shownOf({ ...payload, count: 3, sound: false }), patience)
      .toMatchObject([{ title: "General (3)", silent: true }]);
    // As the server does when it is time for what she wanted to be reminded of, on another device.
    const auth = await demo.tokenOf("ada");
    const transport = webSocketTransport({ url: demo.url, WebSocket });
    const desk = createClient({ transport, auth, userId: "ada" });
    await desk.connect();
    const dueAt = Date.now();
    await (await openPlans(desk).remind("general", messageId, dueAt, "answer her")).settled();
    const reminder = { title: "Reminder: General", body: "answer her", silent: false };
    const shownReminders = async () => (await shown()).filter(({ tag }) => tag.startsWith("~/reminder"));
    await push({ ...payload, count: 1, dueAt, note: "answer her" });
    await expect.poll(shownReminders, patience).toMatchObject([reminder]);
    expect(await shown()).toHaveLength(2);
    // Where a click leads, as a person of whom no page is open.
    const to = new URLSearchParams({ open: "general", message: messageId, seq });
    await page.goto(`${origin}/?${to.toString()}`);
    await expect.poll(() => ada.texts(/seen this/), patience).toHaveLength(1);
    await expect.poll(shown, patience).toMatchObject([reminder]);
    await openPlans(desk).forget("general", messageId);
    await expect.poll(shown, patience).toEqual([]);
    await desk.close();
    expect(troubles).toEqual([]);
  });
});

/** A window of hers, in the profile; what goes wrong in it is put on `troubles`. */
async function pageOf(profile: BrowserContext, url: string, troubles: string[]): Promise<Page> {
  profile.setDefaultTimeout(8_000);
  const page = await profile.newPage();
  page.on("pageerror", (error) => troubles.push(error.stack ?? error.message));
  await page.goto(url);
  return page;
}

async function workerOf(context: BrowserContext) {
  return context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
}

/** Delivers pushes to the service worker of an origin, as a push service would. */
async function pushService(page: Page, origin: string): Promise<(payload: object) => Promise<void>> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const registration = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
      if (registration) resolve(registration.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered;
  return async (payload) => {
    const data = JSON.stringify(payload);
    await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  };
}
