import { type Client, createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { chromiumPath } from "../../../scripts/browser/chromium.ts";
import { dbusPath, type Desktop, startDesktop } from "../../../scripts/browser/desktop.ts";
import { type Demo, startDemo } from "../demo/start-demo.ts";
import { patience } from "./chat-page.ts";
import { type PlainChromium, type PlainTab, startPlainChromium } from "./plain-chromium.ts";
import { buildForTests } from "./run-demo.ts";

const isPossible = chromiumPath !== undefined && dbusPath !== undefined;

/** On a desktop whose notifications are seen and clicked here: what Chromium shows is what a person would see. */
describe.skipIf(!isPossible)("notifications on a desktop", { timeout: 60_000 }, () => {
  let demo: Demo;
  let desktop: Desktop;
  let chromium: PlainChromium;
  let grace: Client;
  let origin: string;

  beforeAll(async () => {
    await buildForTests();
    [demo, desktop] = await Promise.all([
      startDemo({ port: 0, daysOfTalk: 1, hasAlan: false, build: "development" }),
      startDesktop(),
    ]);
    chromium = await startPlainChromium(desktop.env);
    origin = new URL(await demo.linkOf("ada")).origin;
    await chromium.allowNotifications(origin);
    const transport = webSocketTransport({ url: demo.url, WebSocket });
    grace = createClient({ transport, auth: await demo.tokenOf("grace"), userId: "grace" });
    await grace.connect();
    await grace.createConversation({
      conversationId: "tea",
      kind: "group",
      name: "Tea",
      participants: [{ userId: "ada" }],
    });
  }, 90_000);

  afterAll(async () => {
    await chromium?.close();
    await grace?.close();
    await demo?.close();
    await desktop?.close();
  });

  const shows = (tab: PlainTab, text: string): Promise<string | undefined> =>
    tab.text(
      `String((document.querySelector("main.chat")?.textContent ?? "").includes(${JSON.stringify(text)}))`,
    );
  /** What the server would push of it. */
  const pushOf = async (text: string): Promise<object> => {
    const { changes } = await (await grace.conversation("tea").send(text)).settled();
    const [messageId, seq] = changes.flatMap(({ record }) =>
      record.type === "message" ? [record.id, record.seq] : [],
    );
    return {
      ...{ version: 1, conversationId: "tea", messageId, seq, count: 1, badge: 1 },
      ...{ sound: true, authorId: "grace", name: "Tea", text },
    };
  };

  it("shows one however many tabs are open, and a click leads to its conversation in a tab that is there (row F12)", async () => {
    const link = await demo.linkOf("ada");
    const tabs = [await chromium.open(link), await chromium.open(link)];
    for (const tab of tabs) {
      await expect
        .poll(() => tab.text(`String(document.body.innerText.includes("General"))`), patience)
        .toBe("true");
      await tab.text(
        `[...document.querySelectorAll("button")].find((each) => each.textContent.includes("General"))?.click()`,
      );
      await expect
        .poll(() => tab.text(`document.querySelector("main.chat header")?.innerText`), patience)
        .toContain("General");
      await tab.text(
        `navigator.serviceWorker.register("/push-worker.js").then(() => navigator.serviceWorker.ready).then(() => "")`,
      );
    }
    await chromium.open("about:blank"); // now nobody looks at any of them
    for (const tab of tabs)
      await expect.poll(() => tab.text("document.visibilityState"), patience).toBe("hidden");
    const payload = await pushOf("Kettle is on");
    await expect.poll(() => desktop.shown(), patience).toMatchObject([{ title: "Tea" }]);
    expect(desktop.asked).toBe(1);
    await chromium.push(origin, payload);
    const body = expect.stringMatching(/Grace: Kettle is on$/u); // behind the origin
    await expect.poll(() => desktop.shown(), patience).toMatchObject([{ title: "Tea", body }]);
    const before = await chromium.addresses();
    desktop.click("Tea");
    const shown = async (): Promise<readonly unknown[]> =>
      Promise.all(
        tabs.map(async (tab) => [
          await tab.text("document.visibilityState"),
          await shows(tab, "Kettle is on"),
        ]),
      );
    await expect.poll(shown, patience).toContainEqual(["visible", "true"]);
    expect(await shown()).toContainEqual(["hidden", "false"]);
    expect(await chromium.addresses()).toHaveLength(before.length);
    await expect.poll(() => desktop.shown(), patience).toEqual([]);
    for (const tab of tabs) await tab.close();
  });

  it("opens the app at the message, where no tab of it is open (row F12)", async () => {
    const tab = await chromium.open(await demo.linkOf("ada"));
    await expect
      .poll(() => tab.text(`String(document.body.innerText.includes("Tea"))`), patience)
      .toBe("true");
    const payload = await pushOf("Are you coming?");
    await chromium.push(origin, payload); // looked at: nothing is shown
    await tab.close();
    const ofTheApp = async () => (await chromium.addresses()).filter((each) => each.startsWith(origin));
    await expect.poll(ofTheApp, patience).toEqual([]);
    const asked = desktop.asked;
    await chromium.push(origin, payload);
    const body = expect.stringMatching(/Grace: Are you coming\?$/u);
    await expect.poll(() => desktop.shown(), patience).toMatchObject([{ title: "Tea", body }]);
    expect(desktop.asked).toBe(asked + 1);
    desktop.click("Tea");
    const found = async (): Promise<string | undefined> => {
      const opened = await chromium.tabOf(origin); // not yet, while it is on its way there
      return opened && shows(opened, "Are you coming?");
    };
    await expect.poll(found, patience).toBe("true");
    expect(await ofTheApp()).toHaveLength(1);
  });
});
