import { webSocketTransport } from "@tidings/transport-ws";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { serverBehind } from "../../../packages/transport-appsync/test/endpoint/server-behind.ts";
import {
  type ServedEndpoint,
  serveEndpoint,
} from "../../../packages/transport-appsync/test/endpoint/serve.ts";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { type Site, serveAppSyncSite } from "./appsync-site.ts";
import { type ChatPage, chatPage, patience } from "./chat-page.ts";
import { buildForTests } from "./run-demo.ts";
import { openWindow } from "./window.ts";

/** The same app, one line of it changed; behind AppSync stands the demo's own server. */
describe.skipIf(chromiumPath === undefined)("the chat app on AppSync", { timeout: 30_000 }, () => {
  const troubles: string[] = [];
  let demo: Demo;
  let appSync: ServedEndpoint;
  let site: Site;
  let browser: Browser;
  let ada: ChatPage;
  let grace: ChatPage;

  beforeAll(async () => {
    await buildForTests();
    demo = await startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" });
    const server = webSocketTransport({ url: demo.url, WebSocket });
    appSync = await serveEndpoint(serverBehind(server, demo.tokenOf));
    site = await serveAppSyncSite(appSync.url);
    browser = await launchChromium();
    const pageOf = async (userId: string): Promise<ChatPage> => {
      const { hash } = new URL(await demo.linkOf(userId));
      return chatPage(await openWindow(browser, site.url + hash, troubles));
    };
    [ada, grace] = await Promise.all([pageOf("ada"), pageOf("grace")]);
    for (const each of [ada, grace]) await each.open("General");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await appSync?.close();
    await demo?.close();
  });

  const bothSee = (pattern: RegExp): Promise<readonly (readonly string[])[]> =>
    Promise.all([ada.texts(pattern), grace.texts(pattern)]);

  it("shows who types", async () => {
    await grace.draft.pressSequentially("I am writing");
    const typing = ada.page.locator(".chat-foot .typing");
    await expect.poll(() => typing.innerText(), patience).toContain("Grace is typing");
    await grace.draft.fill("");
  });

  it("[D3] shows both the same messages in the same order, read, over one WebSocket each", async () => {
    await ada.say("By AppSync: hello Grace");
    await expect.poll(() => grace.texts(/By AppSync/), patience).toHaveLength(1);
    await grace.say("By AppSync: hello Ada");
    const both = ["By AppSync: hello Grace", "By AppSync: hello Ada"];
    await expect.poll(() => bothSee(/By AppSync/), patience).toEqual([both, both]);
    await expect.poll(() => ada.statusOf("By AppSync: hello Grace"), patience).toBe("read");
    expect(appSync.endpoint.sockets).toEqual({ open: 2, ever: 2 });
  });

  it("shows who reacts with what", async () => {
    await grace.choose("hello Grace", "🎉");
    const reaction = ada.message("hello Grace").locator(".reaction");
    await expect.poll(() => reaction.innerText(), patience).toMatch(/🎉\s*1/);
  });

  it("[D1][D2][D4] delivers once and in order what was written with the cable out, and fills what was missed", async () => {
    await ada.setOffline(true);
    for (const text of ["Out one", "Out two"]) await ada.say(text);
    await grace.say("Out, says Grace");
    await expect.poll(() => grace.statusOf("Out, says Grace"), patience).toBe("sent");
    expect(await ada.texts(/Out/)).toEqual(["Out one", "Out two"]);
    await ada.page.reload(); // who comes back is online again
    await ada.open("General");
    const all = ["Out, says Grace", "Out one", "Out two"];
    await expect.poll(() => bothSee(/Out/), patience).toEqual([all, all]);
  });

  it("has put nothing on the console", () => {
    expect(troubles).toEqual([]);
  });
});
