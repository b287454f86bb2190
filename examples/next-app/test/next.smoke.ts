import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Client } from "@tidings/core";
import { createServer, type TidingsServer } from "@tidings/server";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { connect, say } from "./say.ts";

const secret = "thirty-two bytes of secret, or more";
let messaging: TidingsServer;
let ben: Client;
let site: { readonly url: string; readonly next: ChildProcess };

beforeAll(async () => {
  messaging = await createServer({ port: 0, secret, origins: "*" });
  site = await startNext(messaging.url);
  await htmlFor("ada"); // she is in the room from now on
  ben = await connect(messaging.url, await messaging.issueToken("ben"));
  await say(ben, "hello ada", "</script><script>alert(1)</script>");
});
afterAll(async () => {
  site?.next.kill("SIGTERM");
  await ben?.close();
  await messaging?.close();
});

const htmlFor = async (user: string): Promise<string> => (await fetch(`${site.url}/?user=${user}`)).text();

it("sends the messages in the first HTML, and nobody else may keep it", async () => {
  const html = await htmlFor("ada");
  const [list = ""] = /<ol[^]*<\/ol>/.exec(html) ?? [];
  expect(list.replaceAll(/<!--.*?-->/g, "")).toContain("<b>ben</b> hello ada");
  expect(html).not.toContain("<script>alert(1)");
  const { headers } = await fetch(`${site.url}/?user=ada`);
  expect(headers.get("cache-control")).toMatch(/private|no-store/);
});

it.skipIf(!chromiumPath)(
  "[D2] is taken up by a browser as it stands, and goes on over one socket",
  async ({ onTestFinished }) => {
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const { complaints, sockets } = watched(page);
    await page.goto(`${site.url}/?user=ada`, { waitUntil: "commit" });
    await page.getByText("online").waitFor();
    await say(ben, "live");
    await page.getByText("live").waitFor();
    const arrived = untilSays(ben, "from the browser");
    await page.getByLabel("Message").fill("from the browser");
    await page.getByLabel("Message").press("Enter");
    await arrived;
    await page.getByText("from the browser read").or(page.getByText("from the browser delivered")).waitFor();
    const lines = await page.getByRole("listitem").allInnerTexts();
    expect(lines.map((line) => line.replace(/ (delivered|read)$/, ""))).toEqual([
      "ben hello ada",
      "ben </script><script>alert(1)</script>",
      "ben live",
      "ada from the browser",
    ]);
    expect(complaints).toEqual([]);
    expect(sockets).toHaveLength(1);
  },
);

/** Everything a browser has to say about a page, and each socket it opens. */
function watched(page: Page): { readonly complaints: string[]; readonly sockets: string[] } {
  const [complaints, sockets]: [string[], string[]] = [[], []];
  page.on("console", (message) => complaints.push(`${message.text()} ${message.location().url}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("websocket", (socket) => sockets.push(socket.url()));
  return { complaints, sockets };
}

function untilSays(client: Client, text: string): Promise<void> {
  const { timeline } = client.conversation("general");
  return new Promise((resolve) => {
    const stop = timeline.subscribe(({ items }) => {
      const last = items.at(-1);
      if (last?.type !== "message" || !("text" in last.message.content)) return;
      if (last.message.content.text !== text) return;
      stop();
      resolve();
    });
  });
}

/** What `next start` runs, on a free port. */
function startNext(messagingUrl: string): Promise<typeof site> {
  const env = {
    ...process.env,
    ...{ NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    ...{ MESSAGING_URL: messagingUrl, TIDINGS_SECRET: secret },
  } as const;
  const args = ["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", "0"];
  const next = spawn(process.execPath, args, { cwd: process.env["TIDINGS_NEXT_APP"], env });
  return new Promise((resolve, reject) => {
    let output = "";
    const take = (chunk: unknown): void => {
      output += String(chunk);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (url && output.includes("Ready")) resolve({ url, next });
    };
    next.stdout.on("data", take);
    next.stderr.on("data", take);
    next.on("exit", () => reject(new Error(`next ended; ${output}`)));
  });
}
