import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allErrorCodes, entryOf, isErrorCode } from "../../src/errors/codes.ts";
import { MessagingError } from "../../src/errors/messaging-error.ts";
import { parseClientFrames } from "../../src/protocol/parse-client.ts";
import { parseServerFrames } from "../../src/protocol/parse-server.ts";
import { LAWS, PACKAGE_RULES } from "../../../../scripts/architecture/rules.ts";
import { headingsOf, linksOf, slugOf } from "../../../../scripts/docs/markdown.ts";
import { jsonBlocks, pagesOf, readPage } from "./markdown.ts";
import { root } from "./root.ts";

const codes = allErrorCodes();

describe("docs/protocol.md", () => {
  const page = readPage("docs/protocol.md");

  for (const { line, marks, text } of jsonBlocks(page)) {
    it(`line ${line}: the frames of the ${marks.join(", ")} are what the schemas say`, () => {
      const [from = "", mood = "valid"] = marks;
      expect(["client", "server"]).toContain(from);
      const parsed = from === "client" ? parseClientFrames(text) : parseServerFrames(text);
      const isRead = parsed.ok && parsed.frames.every((frame) => frame.type !== "malformed");
      expect(isRead).toBe(mood === "valid");
      // Nothing was dropped as unknown: a field misspelt in the page must not pass as one of the future.
      const json: unknown = JSON.parse(text);
      const read = parsed.ok && isRead ? parsed.frames : [json].flat();
      expect(read).toEqual([json].flat());
    });
  }

  it("has a heading for every frame", () => {
    const headings = headingsOf(page).map(({ text }) => text);
    const frames = [
      "hello",
      "submit",
      "query",
      "signal (client)",
      "ping",
      "refresh",
      "welcome",
      "ack",
      "reject",
      "result",
    ];
    frames.push("refreshed", "change", "receipt", "signal (server)", "pong", "policy", "closing");
    expect(headings).toEqual(expect.arrayContaining(frames));
  });

  it("names only error codes that exist", () => {
    const areas = new Set(codes.map((code) => code.split("/")[0]));
    const named = [...page.matchAll(/[`"]([a-z]+)\/([a-z-]+)[`"]/g)].filter(([, area = ""]) =>
      areas.has(area),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, area, what]) => `${area}/${what}`).filter((code) => !isErrorCode(code))).toEqual([]);
  });
});

describe("docs/errors.md", () => {
  const headings = headingsOf(readPage("docs/errors.md"));
  const entries = headings.filter(({ level }) => level === 3);

  it("has one heading for each code of the registry, in its order, and no other", () => {
    expect(entries.map(({ text }) => text)).toEqual(codes);
  });

  it("groups them by area", () => {
    const areas = headings.filter(({ level }) => level === 2).map(({ text }) => text);
    expect(areas).toEqual([...new Set(codes.map((code) => code.split("/")[0]))]);
  });

  it("says of each its category and whether it is retryable, as the registry does", () => {
    const said = entries.map(({ text, body }) => [text, /^_(.+)_$/m.exec(body)?.[1]]);
    const known = codes.map((code) => {
      const { category, retryable } = entryOf(code);
      return [code, `${category} · ${retryable ? "retryable" : "not retryable"}`];
    });
    expect(said).toEqual(known);
  });

  it("says of each what it means, why, what the SDK did, and what is left to do", () => {
    const parts = ["Means", "Why", "The SDK", "You", "The person"];
    const wrong = entries.filter(({ body }) => {
      const found = [...body.matchAll(/^- \*\*([^*]+):\*\* \S/gm)].map(([, part]) => part);
      return found.join() !== parts.join();
    });
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  it("is where the help of an error points to", () => {
    const slugs = new Map(entries.map(({ text, slug }) => [text, `@tidings/core/dist/errors.md#${slug}`]));
    for (const code of codes) expect(new MessagingError(code).help).toBe(slugs.get(code));
  });
});

describe("docs/architecture.md", () => {
  const page = readPage("docs/architecture.md");

  it("lists the layers the rules know, in their order", () => {
    const [, listed = ""] = /^```text\n(base errors [^`]*)```$/m.exec(page) ?? [];
    expect(listed.trim().split(/\s+/)).toEqual(PACKAGE_RULES["packages/core"]?.layers);
  });

  it("states each law once, in order", () => {
    expect([...page.matchAll(/^- \*\*(D\d+) /gm)].map(([, law]) => law)).toEqual(LAWS);
  });
});

describe("links", () => {
  const pages = [...pagesOf("docs/"), ...["README.md"].filter((path) => existsSync(new URL(path, root)))];

  for (const path of pages) {
    it(`of ${path} lead somewhere`, () => {
      const broken = linksOf(readPage(path)).filter((link) => !leadsSomewhere(path, link));
      expect(broken).toEqual([]);
    });
  }
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? from : new URL(file, new URL(from, "file:///")).pathname.slice(1);
  if (!existsSync(new URL(target, root))) return false;
  return anchor === undefined || headingsOf(readPage(target)).some(({ slug }) => slug === anchor);
}

describe("anchors", () => {
  it("are made as GitHub makes them", () => {
    expect(slugOf("draft/too-long")).toBe("drafttoo-long");
    expect(slugOf("Order: lanes")).toBe("order-lanes");
    expect(slugOf("1. The first message")).toBe("1-the-first-message");
    expect(slugOf("`signal` (client), What's `new`?")).toBe("signal-client-whats-new");
    expect(headingsOf("# a\n## b\n## b\n```sh\n# no\n```\n").map(({ slug }) => slug)).toEqual([
      "a",
      "b",
      "b-1",
    ]);
  });
});
