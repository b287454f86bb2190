import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { faultsOf, openWindow, phone, takeScreenshot, tooWide } from "./window.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGPg76rCgxhGpbEhAOWOa22bJnWPAAAAAElFTkSuQmCC",
  "base64",
);
const tides = `<title>Tide tables of the harbour</title><meta property="og:site_name" content="Almanac">
  <meta property="og:description" content="When the water comes, and when it goes">
  <meta property="og:image" content="/tide.png">`;

describe.skipIf(chromiumPath === undefined)("links in the chat app", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  /** A page of strangers, at another address of this machine. */
  let site: Server;
  let url: string;
  const paths: string[] = [];
  let demo: Demo;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;
  /** Addresses the browsers asked for, by host. */
  const hosts = new Set<string>();

  beforeAll(async () => {
    await buildForTests();
    site = createServer(({ url: path = "" }, response) => {
      paths.push(path);
      if (path === "/tides") response.writeHead(200, { "content-type": "text/html" }).end(tides);
      else response.writeHead(200, { "content-type": "image/png" }).end(PNG);
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.2", resolve));
    const bound = site.address();
    const port = typeof bound === "object" && bound ? bound.port : 0;
    url = `http://127.0.0.2:${port}`;
    demo = await startDemo({
      ...{ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" },
      previews: { addresses: ["127.0.0.2"], ports: [port] },
    });
    browser = await launchChromium();
    ada = chatPage(await openWindow(browser, await demo.linkOf("ada"), troubles));
    grace = chatPage(await openWindow(browser, await demo.linkOf("grace"), troubles, phone));
    for (const each of [ada, grace]) {
      each.page.context().on("request", (request) => hosts.add(new URL(request.url()).host));
      await each.open("General");
    }
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
    site?.close();
  });

  const card = ({ message }: ChatPage, text: string) => message(text).locator(".link-preview");

  it("show what they lead to, in the room they took at once, and no browser asks anybody else (row F8)", async () => {
    await ada.say(`Look: ${url}/tides`);
    for (const each of [ada, grace]) {
      const shown = card(each, "Look:");
      await shown.waitFor();
      const before = await shown.boundingBox();
      await shown.getByText("Tide tables of the harbour").waitFor();
      const image = shown.locator("img");
      await expect
        .poll(() => image.evaluate((element) => element.matches("img") && element.clientWidth), patience)
        .toBe(58);
      await expect
        .poll(
          () => image.evaluate((element) => (element instanceof HTMLImageElement ? element.naturalWidth : 0)),
          patience,
        )
        .toBe(10);
      expect((await shown.boundingBox())?.height).toBe(before?.height);
      expect(await shown.innerText()).toMatch(/Almanac.*127\.0\.0\.2/su);
      expect(await shown.getAttribute("rel")).toContain("noopener");
      expect(await faultsOf(each.page)).toEqual([]);
    }
    expect(await grace.page.evaluate(tooWide)).toEqual([]);
    await takeScreenshot(ada.page, "previews");
    await takeScreenshot(grace.page, "previews-phone");
    expect(paths).toEqual(["/tides", "/tide.png"]);
    expect([...hosts]).toEqual([new URL(demo.url).host]);
  });

  it("are looked up no more where somebody who may turns that off, by the keyboard", async () => {
    await ada.page.getByRole("button", { name: "Settings" }).first().click();
    const toggle = ada.page.getByRole("switch", { name: /Link previews/u });
    await toggle.focus();
    await takeScreenshot(ada.page, "previews-settings");
    await ada.page.keyboard.press("Space");
    await expect.poll(() => card(grace, "Look:").count(), patience).toBe(0);
    await ada.page.keyboard.press("Space");
    await card(grace, "Look:").getByText("Tide tables of the harbour").waitFor();
    expect(paths).toEqual(["/tides", "/tide.png"]);
    expect(troubles).toEqual([]);
  });
});
