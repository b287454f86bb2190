import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PreviewAnswer, PreviewQuery } from "@tidings/core/protocol";
import { createServer, type TidingsServer } from "../../src/index.ts";
import { call } from "../support/api.ts";
import { join, newId, type RawClient } from "../support/raw-client.ts";
import { html, openSite, redirect, type WebSite } from "../support/web-site.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
const article = `<title>Tides</title><meta property="og:description" content="When they turn">
  <meta property="og:site_name" content="Almanac"><meta property="og:image" content="/tide.png">`;

describe("a server that looks links up", () => {
  let site: WebSite;
  let server: TidingsServer;
  let ada: RawClient;
  let bob: RawClient;
  let eve: RawClient;
  let conversationId: string;

  beforeAll(async () => {
    site = await openSite("127.0.0.2");
    server = await createServer({
      ...{ port: 0, policy: { rates: [] }, metricsPort: 0 },
      previews: { addresses: ["127.0.0.2"], ports: [site.port], timeoutMs: 2_000 },
    });
    [ada, bob, eve] = [await join(server, "ada"), await join(server, "bob"), await join(server, "eve")];
    conversationId = newId();
    const create = { type: "conversation.create", conversationId, kind: "group" } as const;
    await ada.accepted({ ...create, participants: [{ userId: "bob" }] });
  });
  afterEach(() => {
    site.pages.clear();
    site.paths.length = 0;
  });
  afterAll(async () => {
    await server.close();
    await site.close();
  });

  /** Says the addresses, and asks about the first. */
  async function linking(...urls: readonly string[]): Promise<PreviewQuery> {
    let text = "";
    const ranges = urls.map((value) => {
      const start = text.length;
      text += `${value} `;
      return { type: "link", start, end: start + value.length, value } as const;
    });
    const content = { text: text.trim(), ranges };
    const { commandId: messageId } = await ada.accepted({
      type: "message.send",
      conversationId,
      kind: "text",
      content,
    });
    return { type: "preview", conversationId, messageId, url: urls[0] ?? "" };
  }
  const settle = (settings: object) =>
    ada.accepted({
      ...{ type: "conversation.update", conversationId },
      settings: { typing: true, receipts: true, ...settings },
    });
  const fetched = async (answer: PreviewAnswer): Promise<Response> => fetch(answer.preview?.image ?? "");

  it("says so, and what a page says, to everybody in the conversation, by asking it once (row F8)", async () => {
    expect((await ada.find("welcome")).welcome.policy.limits.previews).toBe(true);
    site.pages.set("/tides", html(article));
    const query = await linking(`${site.url}/tides#today`);
    const [one, other] = await Promise.all([ada.query(query), bob.query(query)]);
    expect(one).toEqual({
      preview: {
        ...{ title: "Tides", description: "When they turn", siteName: "Almanac" },
        image: expect.stringContaining(`${server.httpUrl}/previews/`),
      },
      expiresAt: expect.any(Number),
    });
    expect(other).toEqual(one);
    expect(await bob.query(query)).toEqual(one);
    expect(site.paths).toEqual(["/tides"]);
    const { messageId } = query;
    const path = `/v1/conversations/${conversationId}/messages/${messageId}/preview?url=${encodeURIComponent(query.url)}`;
    const token = await server.issueToken("bob");
    const answer = await call(server, `GET ${path}`, { token });
    expect(answer).toMatchObject({ status: 200, json: one });
  });

  it("[D8] looks nothing up for whoever cannot read it, and nothing that does not stand there", async () => {
    const query = await linking(
      `${site.url}/a`,
      `${site.url}/b`,
      `${site.url}/c`,
      `${site.url}/d`,
      "mailto:a@b.example",
    );
    expect(await eve.ask(query)).toMatchObject({ code: "conversation/not-found" });
    expect(await eve.ask({ ...query, conversationId: "general" })).toMatchObject({
      code: "message/not-found",
    });
    expect(await bob.ask({ ...query, messageId: newId() })).toMatchObject({ code: "message/not-found" });
    for (const url of [`${site.url}/`, `${site.url}/A`, `${site.url}/d`, "mailto:a@b.example"])
      expect([url, await bob.ask({ ...query, url })]).toMatchObject([url, { code: "query/malformed" }]);
    await ada.accepted({ type: "message.delete", conversationId, messageId: query.messageId });
    expect(await bob.ask(query)).toMatchObject({ code: "query/malformed" });
    const sealed = { sealed: Buffer.from(`${site.url}/a`).toString("base64"), scheme: "box" };
    const { commandId: messageId } = await ada.accepted({
      ...{ type: "message.send", conversationId, kind: "text", content: sealed },
    });
    expect(await bob.ask({ ...query, messageId })).toMatchObject({ code: "query/malformed" });
    expect(site.paths).toEqual([]);
  });

  it("looks nothing up where that is not wanted, or nothing may leave", async () => {
    const query = await linking(`${site.url}/private`);
    for (const settings of [
      { previews: false },
      { confidential: true },
      { previews: true, confidential: true },
    ]) {
      await settle(settings);
      expect(await bob.ask(query)).toMatchObject({ code: "permission/denied" });
    }
    expect(site.paths).toEqual([]);
    await settle({});
    expect(await bob.query(query)).toEqual({ expiresAt: expect.any(Number) });
    expect(site.paths).toEqual(["/private"]);
  });

  it("remembers for a while that there was nothing", async () => {
    const query = await linking(`${site.url}/nothing`);
    expect(await bob.query(query)).not.toHaveProperty("preview");
    expect(await bob.query(query)).not.toHaveProperty("preview");
    expect(site.paths).toEqual(["/nothing"]);
    const inside = await linking(`http://127.0.0.1:${server.port}/docs`);
    expect(await bob.query(inside)).not.toHaveProperty("preview");
  });

  it("shows pictures itself, and only what is one", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
    const bodies: readonly (readonly [string, string, Buffer | string, number])[] = [
      ["png", "image/png", PNG, 200],
      ["unnamed", "application/octet-stream", PNG, 200],
      ["svg", "image/svg+xml", svg, 404],
      ["svg-as-png", "image/png", svg, 404],
      ["html-as-png", "image/png", "<html><script>alert(1)</script>", 404],
      ["png-as-html", "text/html", PNG, 404],
      ["large", "image/png", Buffer.concat([PNG, Buffer.alloc(2 * 1_024 * 1_024)]), 404],
    ];
    for (const [name, type, body, status] of bodies) {
      site.pages.set(`/${name}`, html(`<title>x</title><meta property="og:image" content="/${name}.img">`));
      site.pages.set(`/${name}.img`, (response) =>
        response.writeHead(200, { "content-type": type }).end(body),
      );
      const answer = await bob.query(await linking(`${site.url}/${name}`));
      const [shown] = await Promise.all([fetched(answer), fetched(answer)]);
      expect([name, shown.status]).toEqual([name, status]);
      if (status !== 200) continue;
      expect(Object.fromEntries(shown.headers)).toMatchObject({
        ...{ "content-type": "image/png", "x-content-type-options": "nosniff" },
        "content-security-policy": "default-src 'none'; sandbox",
      });
      expect(Buffer.from(await shown.arrayBuffer()).equals(PNG)).toBe(true);
    }
    const asked = site.paths.filter((path) => path.endsWith(".img"));
    expect(new Set(asked).size).toBe(asked.length); // once each
  });

  it("[D8] shows a picture to nobody without an address of its own, and asks nobody inside for one", async () => {
    site.pages.set("/inside", html(`<title>x</title><meta property="og:image" content="/inside.img">`));
    site.pages.set("/inside.img", redirect(`http://127.0.0.1:${server.port}/health`));
    const answer = await bob.query(await linking(`${site.url}/inside`));
    expect((await fetched(answer)).status).toBe(404);
    const address = new URL(answer.preview?.image ?? "");
    const unsigned = new URL(address);
    unsigned.searchParams.delete("signature");
    const prolonged = new URL(address);
    prolonged.searchParams.set("expires", "99999999999999");
    const another = new URL(`/previews/another${address.search}`, address);
    for (const forged of [unsigned, prolonged, another]) expect((await fetch(forged)).status).toBe(403);
    for (const image of [
      "file:///etc/passwd",
      `http://me:secret@127.0.0.2:${site.port}/a.png`,
      "data:image/png,x",
    ]) {
      const path = `/${newId()}`;
      site.pages.set(path, html(`<title>x</title><meta property="og:image" content="${image}">`));
      expect((await bob.query(await linking(`${site.url}${path}`))).preview).toEqual({ title: "x" });
    }
  });

  it("[D9] lets nothing else wait for strangers, and one person ask so many", async () => {
    const slow = await createServer({
      ...{ port: 0, policy: { rates: [] } },
      previews: { addresses: ["127.0.0.2"], ports: [site.port], timeoutMs: 1_000, perMinute: 5 },
    });
    const cyd = await join(slow, "cyd");
    site.pages.set("*", () => {}); // and says nothing
    const asked: Promise<unknown>[] = [];
    for (let n = 0; n < 6; n += 1) {
      const value = `${site.url}/silent/${n}`;
      const content = {
        text: value,
        ranges: [{ type: "link", start: 0, end: value.length, value }],
      } as const;
      const draft = { type: "message.send", conversationId: "general", kind: "text", content } as const;
      const { commandId: messageId } = await cyd.accepted(draft);
      asked.push(cyd.ask({ type: "preview", conversationId: "general", messageId, url: value }));
    }
    await vi.waitFor(() => expect(site.paths).toHaveLength(4)); // of one link; the others wait
    const history = await cyd.query({ type: "history", conversationId: "general", limit: 1 });
    expect(history.messages).toHaveLength(1);
    expect(cyd.all("result")).toHaveLength(1);
    const answers = await Promise.all(asked);
    expect(answers.slice(0, 5)).toMatchObject(Array.from({ length: 5 }, () => ({ type: "result" })));
    expect(answers[5]).toMatchObject({ code: "protocol/busy", retryAfterMs: expect.any(Number) });
    await slow.close();
  });
});

describe("a server that looks no links up", () => {
  it("announces none, and refuses to", async () => {
    const server = await createServer({
      port: 0,
      lobbies: [{ conversationId: "a", name: "A", kind: "community" }],
    });
    const ada = await join(server, "ada");
    expect((await ada.find("welcome")).welcome.policy.limits).not.toHaveProperty("previews");
    const { commandId: messageId } = await ada.say("a", "https://elsewhere.example/");
    const query = {
      type: "preview",
      conversationId: "a",
      messageId,
      url: "https://elsewhere.example/",
    } as const;
    expect(await ada.ask(query)).toMatchObject({ code: "command/unsupported" });
    await server.close();
  });
});
