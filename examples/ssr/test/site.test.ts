import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { bundleClient } from "../bundle.ts";
import { type Site, startSite } from "../site.ts";

let site: Site;
beforeAll(async () => void (site = await startSite(await bundleClient())), 60_000);
afterAll(() => site.close());

/** Somebody says something, from a client of their own. */
async function say(userId: string, ...texts: readonly string[]): Promise<void> {
  const { url } = site.messaging;
  const auth = await site.messaging.issueToken(userId);
  const client = createClient({ transport: webSocketTransport({ url, WebSocket }), auth });
  await client.connect();
  for (const text of texts) await (await client.conversation("general").send(text)).settled();
  await client.close();
}

const pageOf = async (userId: string): Promise<string> => (await fetch(`${site.url}/?user=${userId}`)).text();

describe("a page rendered on the server", () => {
  it("shows what was said, and carries what the browser needs, without a way out of its script", async () => {
    await pageOf("ada"); // she is in the room from now on
    await say("ben", "hello ada", "</script><script>alert(1)</script>");
    const html = await pageOf("ada");
    expect(html).toContain("hello ada");
    const [, json = ""] = /id="snapshot">(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.parse(json)).toMatchObject({ version: 1, userId: "ada" });
    expect(json).toContain("alert(1)");
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it.skipIf(!chromiumPath)(
    "[D2] is taken up by a browser as it stands, and goes on live",
    { timeout: 60_000 },
    async () => {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        await page.goto(`${site.url}/?user=ada`, { waitUntil: "commit" });
        await page.getByText("online").waitFor();
        const before = await page.getByRole("listitem").allInnerTexts();
        await say("ben", "live");
        await page.getByText("live").waitFor();
        await page.getByLabel("Message").fill("from the browser");
        await page.getByLabel("Message").press("Enter");
        await page.getByText("from the browser").waitFor();
        const lines = await page.getByRole("listitem").allInnerTexts();
        expect(lines.slice(0, before.length)).toEqual(before);
        const added = lines
          .slice(before.length)
          .map((line) => line.replace(/ (queued|sent|delivered|read)$/, ""));
        expect(added).toEqual(["ben live", "ada from the browser"]);
        expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});

describe("a page rendered while messaging is away", () => {
  it("comes without its past rather than not at all", { timeout: 20_000 }, async () => {
    const alone = await startSite("");
    await alone.messaging.close();
    expect(await (await fetch(`${alone.url}/?user=ada`)).text()).toContain("<h1>general");
    await alone.close();
  });
});

describe("the site as a program", () => {
  it("starts, and answers", { timeout: 60_000 }, async () => {
    const file = fileURLToPath(new URL("../start.ts", import.meta.url));
    const args = ["--import", "ts-blank-space/register", file];
    const cwd = fileURLToPath(new URL("../../..", import.meta.url));
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, PORT: "0" } });
    try {
      const [said]: unknown[] = await once(child.stdout, "data");
      const [url = ""] = /http:\S+?\/\?user=ada/.exec(String(said)) ?? [];
      expect(await (await fetch(url)).text()).toContain("<h1>general");
    } finally {
      child.kill("SIGKILL");
    }
  });
});
