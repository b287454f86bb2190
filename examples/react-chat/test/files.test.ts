import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, takeScreenshot, tooWide } from "./window.ts";

const MEGABYTE = 1_000_000;
const TEXT = "all that was said ";
/** A picture of a phone, taken upright: it says where it was. */
const photo = readFileSync(new URL("../../../packages/core/test/media/gps.jpg", import.meta.url));

describe.skipIf(chromiumPath === undefined)("files in the chat", { timeout: 60_000 }, () => {
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;
  let context: BrowserContext;
  /** Parts of files that were put, by their addresses without what is signed. */
  const puts: string[] = [];

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), []));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), []));
    context = ada.page.context();
    context.on("request", (request) => {
      if (request.method() === "PUT") puts.push(new URL(request.url()).pathname);
    });
    for (const each of [ada, grace]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  /** Dropped, as made by the page: to hand 10 MB over to it takes longer than all else here. */
  const drop = async ({ page }: ChatPage, name: string, type: string, size: number): Promise<void> => {
    const transfer = await page.evaluateHandle(
      ([called, as, bytes, text]) => {
        const dropped = new DataTransfer();
        const content = text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
        dropped.items.add(new File([content], called, { type: as }));
        return dropped;
      },
      [name, type, size, TEXT] as const,
    );
    const form = page.locator("main.chat form.composer");
    await form.dispatchEvent("drop", { dataTransfer: transfer });
    await page.locator(".attached").getByText(name).waitFor();
  };
  const files = ({ page }: ChatPage, name: string) => page.locator(".attachments").getByLabel(`Open ${name}`);
  /** What the backend has of it, as the page of a reader gets it. */
  const bytesOf = async (reader: ChatPage, name: string): Promise<string> => {
    const link = files(reader, name);
    await expect.poll(() => link.getAttribute("href"), patience).toMatch(/^http/);
    return reader.page.evaluate(
      async (url) => new TextDecoder("latin1").decode(await (await fetch(url)).arrayBuffer()),
      (await link.getAttribute("href")) ?? "",
    );
  };
  /** Holds all parts but the first until it is let go. */
  const holdLater = async (page: Page): Promise<void> => {
    await page.route(/\/files\/[^/]+\/([2-9]|\d\d)\b/, () => {});
  };

  it("[U1, U12] sends one message with one whole file of 10 MB, reloaded in the middle (rows F1, G6, G8)", async () => {
    await holdLater(ada.page);
    await drop(ada, "minutes.txt", "text/plain", 10 * MEGABYTE);
    await ada.say("The minutes");
    await expect.poll(() => ada.statusOf("The minutes"), patience).toBe("queued");
    const progress = ada.message("The minutes").locator("progress");
    await expect
      .poll(() => progress.evaluate((bar) => bar instanceof HTMLProgressElement && bar.value), patience)
      .toBeGreaterThan(5 * MEGABYTE);
    await takeScreenshot(ada.page, "upload-progress");
    expect(await faultsOf(ada.page)).toEqual([]);
    await ada.say("Said after them");
    await expect
      .poll(() => grace.texts(/^(The minutes|Said after them)$/), patience)
      .toEqual(["Said after them"]);

    await ada.page.unrouteAll();
    await ada.page.reload();
    await ada.open("General");
    await expect.poll(() => ada.statusOf("The minutes"), patience).toMatch(/^(sent|delivered|read)$/);
    await expect.poll(() => grace.texts(/^The minutes$/), patience).toEqual(["The minutes"]);
    expect(await grace.page.locator(".attachments").getByText("minutes.txt").count()).toBe(1);
    const whole = TEXT.repeat(600_000).slice(0, 10 * MEGABYTE);
    expect((await bytesOf(grace, "minutes.txt")) === whole).toBe(true);
    expect(puts.filter((path) => path.endsWith("/1"))).toHaveLength(1);
  });

  it("[U11] goes on in another tab when the one that sent is closed, and no part is put twice at once", async () => {
    const before = puts.length;
    const second = chatPage(await context.newPage());
    await second.page.goto(await demo.linkOf("ada"));
    await second.open("General");
    await holdLater(ada.page);
    const isThere = ada.page.waitForResponse((response) => /\/files\/[^/]+\/1\b/.test(response.url()));
    await drop(ada, "more.txt", "text/plain", 6 * MEGABYTE);
    await ada.say("More of them");
    await expect.poll(() => puts.length - before, patience).toBe(2);
    await isThere; // a part that is on its way when its tab is closed goes with it
    await ada.page.close();
    await expect.poll(() => second.statusOf("More of them"), patience).toMatch(/^(sent|delivered|read)$/);
    const firsts = puts.slice(before).filter((path) => path.endsWith("/1"));
    expect(firsts).toHaveLength(1);
    ada = second;
  });

  it("[U16] keeps what is attached and not sent, over a reload and while another conversation is looked at (row G8)", async () => {
    const before = puts.length;
    await drop(ada, "kept.txt", "text/plain", 1_000);
    await expect.poll(() => puts.length - before, patience).toBe(1); // what is put is on storage
    const attached = ada.page.locator(".attached").getByText("kept.txt");
    await ada.page.reload();
    await ada.open("General");
    await attached.waitFor();
    await ada.open("Boat crew");
    await attached.waitFor({ state: "detached" });
    await ada.open("General");
    await attached.waitFor();
    expect(await attached.count()).toBe(1);
    await ada.say("Kept, and said");
    await expect.poll(() => ada.statusOf("Kept, and said"), patience).toMatch(/^(sent|delivered|read)$/);
    expect(await grace.page.locator(".attachments").getByText("kept.txt").count()).toBe(1);
    await attached.waitFor({ state: "detached" });
  });

  /** Grace's page, at both widths. */
  const showOnPhone = async (name: string): Promise<void> => {
    await takeScreenshot(grace.page, name);
    expect(await faultsOf(grace.page)).toEqual([]);
    await grace.page.setViewportSize({ width: 360, height: 740 });
    await takeScreenshot(grace.page, `${name}-phone`);
    expect(await grace.page.evaluate(tooWide)).toEqual([]);
    await grace.page.setViewportSize({ width: 1280, height: 820 });
  };

  it("takes a picture, smaller than it was and without the place, and shows it without a jump (rows A15, A16, F1, G5)", async () => {
    const input = ada.page.locator("main.chat input[type=file]");
    await input.setInputFiles({ name: "me.jpg", mimeType: "image/jpeg", buffer: photo });
    await ada.page.locator(".attached").getByText("me.jpg").waitFor();
    await ada.say("Here I am");
    const shown = grace.message("Here I am").locator("img.file-picture");
    await expect
      .poll(
        () => shown.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth),
        patience,
      )
      .toBe(32); // upright: it was taken on its side
    expect([await shown.getAttribute("width"), await shown.getAttribute("height")]).toEqual(["32", "48"]);
    expect(await shown.getAttribute("loading")).toBe("lazy");
    await showOnPhone("attachments");
    const kept = await bytesOf(grace, "me.jpg");
    expect(photo.toString("latin1")).toContain("Acme Phone");
    expect(kept).toMatch(/^\xff\xd8/);
    expect(kept).not.toMatch(/Acme Phone|Ada at home/);
  });

  it("sends later what has files: planned, on its way, and there after a reload, for nobody else to see (rows G8, I1)", async () => {
    const plans = ada.page.locator(".pane");
    const openPlans = () => ada.page.getByRole("button", { name: "Pinned and bookmarked" }).click();
    await holdLater(ada.page);
    await drop(ada, "agenda.txt", "text/plain", 6 * MEGABYTE);
    const input = ada.page.locator("main.chat input[type=file]");
    await input.setInputFiles({ name: "pier.jpg", mimeType: "image/jpeg", buffer: photo });
    await ada.page.locator(".attached").getByText("pier.jpg").waitFor();
    await ada.draft.fill("For tomorrow");
    await ada.page.getByRole("button", { name: "Send later" }).press("Enter");
    await ada.page.getByRole("menu").getByRole("menuitem").nth(1).press("Enter");
    await expect.poll(() => ada.page.locator(".attached").count(), patience).toBe(0);
    expect(await ada.draft.inputValue()).toBe("");
    await openPlans();
    await expect
      .poll(() => plans.innerText(), patience)
      .toMatch(/To be sent here[^]*For tomorrow[^]*agenda.txt/);
    const progress = plans.getByRole("progressbar");
    await expect.poll(() => progress.count(), patience).toBe(1);
    await takeScreenshot(ada.page, "planned-upload");
    expect(await faultsOf(ada.page)).toEqual([]);

    await ada.page.unrouteAll();
    await ada.page.reload();
    await ada.open("General");
    await openPlans();
    await expect.poll(() => files(ada, "agenda.txt").count(), patience).toBe(1);
    // What is shown while it is on its way is the device's own copy, as long as it is shown.
    const isTheBackends = async (): Promise<boolean> => {
      if ((await files(ada, "agenda.txt").getAttribute("href"))?.startsWith("http")) return true;
      await ada.page.keyboard.press("Escape");
      await openPlans();
      return false;
    };
    await expect.poll(isTheBackends, { ...patience, interval: 500 }).toBe(true);
    expect(await progress.count()).toBe(0);
    expect(await bytesOf(ada, "agenda.txt")).toHaveLength(6 * MEGABYTE);
    await expect
      .poll(() => plans.locator("img.file-picture").getAttribute("src"), patience)
      .toMatch(/^(http|blob)/);
    await takeScreenshot(ada.page, "planned-files");
    expect(await grace.page.getByText("agenda.txt").count()).toBe(0);
    await plans.getByRole("button", { name: "Do not send" }).click();
    await expect.poll(() => plans.innerText(), patience).not.toContain("To be sent");
    await ada.page.keyboard.press("Escape");
  });

  it("records a voice message and plays it, and shows a film with its size and its first picture, without the place it was taken at (rows A16, F1, F10)", async () => {
    // There is no microphone here: a tone takes its place, and everything behind it is the browser's own.
    await ada.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => {
        const audio = new AudioContext();
        const to = audio.createMediaStreamDestination();
        const tone = audio.createOscillator();
        tone.connect(to);
        tone.start();
        return Promise.resolve(to.stream);
      };
    });
    await ada.page.getByRole("button", { name: "Record a voice message" }).click();
    const recording = ada.page.getByRole("group", { name: "Recording" });
    await recording.getByText("0:01").waitFor();
    await takeScreenshot(ada.page, "voice-recording");
    expect(await faultsOf(ada.page)).toEqual([]);
    await recording.getByRole("button", { name: "Send the recording" }).click();
    const player = grace.page.locator(".voice");
    const play = player.getByRole("button", { name: "Play the voice message" });
    await expect.poll(() => play.isEnabled(), patience).toBe(true);
    expect(await player.locator(".waveform > span").count()).toBeGreaterThan(10);
    await play.click();
    await player.getByRole("button", { name: "Pause the voice message" }).click();

    const film = await ada.page.evaluateHandle(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
      const pen = canvas.getContext("2d");
      const paint = setInterval(() => {
        if (pen) pen.fillStyle = "#0b6e66";
        pen?.fillRect(0, 0, 320, 180);
      }, 20);
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
      const whole = new Promise<Blob>((resolve) => {
        recorder.ondataavailable = ({ data }) => resolve(data);
      });
      recorder.start();
      setTimeout(() => recorder.stop(), 500);
      const dropped = new DataTransfer();
      // A recorded film goes on for ever: what is put behind it is a part of it.
      const tag = [0x12, 0x54, 0xc3, 0x67, 0x8d, 0x73, 0x73, 0x8a, 0x67, 0xc8, 0x87];
      const parts = [await whole, Uint8Array.from(tag), "48.85N2"];
      dropped.items.add(new File(parts, "tide.webm", { type: "video/webm" }));
      clearInterval(paint);
      return dropped;
    });
    await ada.page.locator("main.chat form.composer").dispatchEvent("drop", { dataTransfer: film });
    await ada.page.locator(".attached").getByText("tide.webm").waitFor();
    await ada.say("The tide, moving");
    const video = grace.message("The tide, moving").locator("video");
    await expect.poll(() => video.getAttribute("poster"), patience).toMatch(/^http/u);
    expect([await video.getAttribute("width"), await video.getAttribute("height")]).toEqual(["320", "180"]);
    const sent = await grace.page.evaluate(
      async (url) => new TextDecoder("latin1").decode(await (await fetch(url)).arrayBuffer()),
      (await video.getAttribute("src")) ?? "",
    );
    expect(sent.length).toBeGreaterThan(500);
    expect(sent).not.toContain("48.85N2");
    await video.evaluate((film: HTMLVideoElement) => film.play()); // as it was sent
    await showOnPhone("voice-and-video");
  });
});
