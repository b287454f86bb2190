import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../../../scripts/browser/bundle.ts";
import { chromiumPath, launchChromium } from "../../../../scripts/browser/chromium.ts";
import { corpus, names, published } from "./corpus.ts";
import { caseOf, messageOf } from "./said.ts";
import { silent } from "./silent.ts";

if (chromiumPath === undefined) console.warn("SKIPPED: no Chromium was found, so nothing is attacked");

/** As many conversations as a client knows at first; the names of all are attacked in the list of them. */
const LISTED = 100;
const ORIGIN = "http://attacked.example";
const events = (
  "click auxclick dblclick contextmenu copy cut paste drag dragover drop error load focus focusin blur input change " +
  "keydown keyup mousedown mouseenter mousemove mouseover mouseout mouseup pointerdown pointerover scroll select submit " +
  "toggle touchstart wheel animationstart transitionend play canplay beforeinput"
).split(" ");

const components = new URL("../../src/components/", import.meta.url);

/** What a file of the example has for others to render. */
function exportedBy(name: string): readonly string[] {
  const source = readFileSync(new URL(`${name}.tsx`, components), "utf8");
  return [...source.matchAll(/^export (?:const|function|class) ([A-Z]\w+)/gmu)].map(
    ([, found = ""]) => found,
  );
}

/** What the server says of a queue of cases in which everything is attacks, and of figures, which cannot be any. */
const answers: Readonly<Record<string, string>> = {
  "/v1/moderation/cases": JSON.stringify({
    items: names.map((name, index) => {
      const message = { ...messageOf(name, index, true), id: idOf(index) };
      return caseOf(name, { ...message, reactions: [] });
    }),
  }),
  "/v1/conversations/attacked/figures": JSON.stringify({
    ...{ days: [], total: { messages: 1, people: 1, reactions: 1 } },
  }),
};

function idOf(index: number): string {
  return `01900000-0000-7000-8000-${String(index).padStart(12, "0")}`;
}

interface Provoked {
  readonly armed: readonly string[];
  readonly links: readonly string[];
}

describe.skipIf(chromiumPath === undefined)("a string that would run something", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-xss-"));
  const vanilla = readFileSync(new URL("../../../vanilla/page/index.html", import.meta.url), "utf8").replace(
    '<script src="tidings.global.js"></script>',
    "<script>Tidings = { createClient: () => parent.vanillaClient, webSocketTransport() {} }</script>",
  );
  let browser: Browser;
  beforeAll(async () => {
    await bundlePage(new URL("page.tsx", import.meta.url).pathname, folder);
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A page that notes what runs in it, and asks nobody but us. */
  async function open(files: Readonly<Record<string, string>>) {
    const page = await browser.newPage();
    const asked: string[] = [];
    await page.addInitScript(() => {
      const ran: string[] = [];
      Object.assign(window, { ran });
      for (const name of ["alert", "confirm", "prompt", "print", "open"])
        Object.assign(window, {
          [name]: (what: unknown) =>
            void (top as unknown as { ran: string[] }).ran.push(`${name} ${String(what)}`),
        });
    });
    page.on("dialog", (dialog) => void (asked.push(`dialog ${dialog.message()}`), dialog.dismiss()));
    page.on("popup", () => asked.push("popup"));
    await page.route(/^(?!blob:|data:)/u, async (route) => {
      const url = route.request().url();
      const body = url.startsWith(ORIGIN) ? files[new URL(url).pathname] : undefined;
      const isOfOthers = body === undefined && route.request().resourceType() !== "image";
      if (isOfOthers && !url.endsWith("/favicon.ico")) asked.push(url);
      if (body === undefined) return route.abort();
      return route.fulfill({
        body,
        contentType: url.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8",
      });
    });
    await page.goto(`${ORIGIN}/`, { waitUntil: "commit" });
    return { page, asked };
  }
  const ran = (page: Page): Promise<readonly string[]> => page.evaluate("window.ran");

  it("is one of more than 300 that three collections have published, of which many run where a page puts them in as HTML", async () => {
    expect(Object.keys(published)).toHaveLength(3);
    expect(new Set(Object.values(published).flat()).size).toBeGreaterThan(300);
    const { page } = await open({ "/": "<!doctype html><body>" });
    const texts = corpus.filter((text) => !/refresh|href=\/\/0|base/iu.test(text)); // or the page is gone
    await page.evaluate(
      ([strings, types]) => {
        for (const text of strings) {
          const place = document.createElement("div");
          place.innerHTML = text;
          document.body.append(place);
          for (const element of place.querySelectorAll("*:not(a, [href])"))
            for (const type of types) element.dispatchEvent(new Event(type));
        }
      },
      [texts, events] as const,
    );
    await expect.poll(async () => (await ran(page)).length, { timeout: 10_000 }).toBeGreaterThan(60);
    await page.close();
  });

  it("runs, asks and leads nowhere, wherever the examples show it (row D2)", async () => {
    const script = readFileSync(join(folder, "page.js"), "utf8");
    const { page, asked } = await open({
      "/": '<!doctype html><meta charset="utf-8"><body><script type="module" src="/page.js"></script>',
      "/page.js": script,
      "/vanilla.html": vanilla,
      ...answers,
    });
    await page.waitForFunction("window.isShown === true", undefined, { timeout: 60_000 });
    const shown = await page.evaluate(() => {
      const items = Array.from(
        document.querySelectorAll("iframe"),
        (frame) => frame.contentDocument?.querySelectorAll("li").length ?? 0,
      );
      return {
        files: document.querySelectorAll(".attachments li").length,
        cases: document.querySelectorAll(".case:not(.surfaces *)").length,
        options: document.querySelectorAll(".poll-option").length,
        messages: document.querySelectorAll(".message:not(.surfaces *)").length,
        items: items.reduce((sum, each) => sum + each, 0),
      };
    });
    expect(shown.messages).toBe(2 * corpus.length);
    expect(shown.files).toBe(corpus.length);
    expect(shown.cases).toBe(corpus.length);
    expect(shown.options).toBeGreaterThan(0.9 * corpus.length); // as below
    expect(shown.items).toBeGreaterThan(0.9 * corpus.length); // some are nothing once what is invisible is taken out
    // What is a name, and said, by people of such names; one or two more where Ada herself is among them.
    const many = names.length;
    expect(many).toBeGreaterThan(0.75 * corpus.length); // some cannot be the name of anybody
    await expect
      .poll(() => page.evaluate("window.shown()"), { timeout: 30_000 })
      .toEqual({
        ...{ members: many + 1, thread: expect.closeTo(many, -1), versions: expect.closeTo(many, -1) },
        ...{ places: LISTED - 1, people: 2 * many, suggestions: corpus.length, replies: corpus.length },
        ...{ plans: expect.closeTo(2 * many, -1.4), kept: expect.closeTo(2 * many, -1.4) },
        ...{ choices: LISTED - 1, cases: many, plots: 4, toasts: 1, readers: 1 },
      });
    const rendered: readonly string[] = await page.evaluate("window.rendered()");
    const isAttacked = (name: string): boolean => exportedBy(name).every((each) => rendered.includes(each));
    const files = readdirSync(components).map((file) => file.replace(/\.tsx$/u, ""));
    expect(files.filter((name) => !isAttacked(name)).sort()).toEqual(Object.keys(silent).sort());
    const { armed, links }: Provoked = await page.evaluate(
      'window.provoke(["click", "mouseover", "focus", "error", "load"])',
    );
    expect(armed).toEqual([]);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(links.filter((href) => !/^(https?:\/\/|mailto:)/u.test(href))).toEqual([]);
    expect(links.filter((href) => /bank\.example@|javascript:/u.test(href))).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
    expect(await ran(page)).toEqual([]);
    expect(asked).toEqual([]);
    expect(page.url()).toBe(`${ORIGIN}/`);
    expect(
      page
        .frames()
        .map((frame) => frame.url())
        .filter((url) => !url.startsWith(ORIGIN)),
    ).toEqual([]);
    await page.close();
  });
});
