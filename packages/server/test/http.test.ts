import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createServer } from "../src/index.ts";
import { join, RawClient } from "./support/raw-client.ts";
import { start } from "./support/start.ts";
import { temporaryFile } from "./support/temporary-file.ts";

/** The status of a path sent exactly as it stands: `fetch` would tidy it first. */
function statusOf(httpUrl: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(httpUrl);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

/** The HTTP status with which an upgrade is refused. */
function refusal(url: string, options: object = {}): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const client = new WebSocket(url, options);
    client.on("open", () => reject(new Error("it was accepted")));
    client.on("error", () => {});
    client.on("unexpected-response", (_request, response) => {
      let body = "";
      response.on("data", (data: Buffer) => (body += data.toString()));
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
  });
}

describe("GET /health", () => {
  it("says how the server is, with headers that keep browsers careful", async () => {
    const server = await start();
    await join(server, "ada");
    const response = await fetch(`${server.httpUrl}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      isReady: true,
      version: "0.0.0",
      uptimeMs: expect.any(Number) as number,
      connections: 1,
      checks: { store: { level: "healthy" }, bus: { level: "healthy" } },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'self'") as string,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });

  it("is the only page there is, unless a folder is served", async () => {
    const server = await start();
    for (const path of ["/", "/index.html", "/metrics"])
      expect(await statusOf(server.httpUrl, path)).toBe(404);
  });
});

describe("a served folder", () => {
  it("gives its files, and nothing outside, hidden or of another kind", async () => {
    const file = temporaryFile("page/index.html");
    const dir = dirname(file);
    mkdirSync(`${dir}/sub`, { recursive: true });
    writeFileSync(file, "<h1>hello</h1>");
    writeFileSync(
      `${dir}/sub/index.html`,
      '<script src="app.js"></script><script type="module">\r\n1\r\n</script>',
    );
    writeFileSync(`${dir}/sub/app.js`, "1");
    writeFileSync(`${dir}/.env`, "SECRET");
    writeFileSync(`${dir}/notes.txt`, "not for you");
    writeFileSync(`${dir}/../outside.js`, "outside");
    symlinkSync(`${dir}/../outside.js`, `${dir}/link.js`);
    const server = await start({ serve: { dir } });

    const page = await fetch(`${server.httpUrl}/`);
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
      200,
      "text/html; charset=utf-8",
      "<h1>hello</h1>",
    ]);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'self';.*;script-src 'self'$/u);
    const scripted = await fetch(`${server.httpUrl}/sub/`);
    const hash = createHash("sha256").update("\n1\n").digest("base64");
    expect(scripted.headers.get("content-security-policy")).toContain(`;script-src 'self' 'sha256-${hash}'`);
    expect(await statusOf(server.httpUrl, "/sub/app.js?v=1")).toBe(200);
    for (const path of [
      "/.env",
      "/notes.txt",
      "/sub",
      "/link.js",
      "/../outside.js",
      "/sub/../../outside.js",
      "/%2e%2e/outside.js",
      "/..%2foutside.js",
      "/sub/..%5c..%5coutside.js",
      "/%00index.html",
      "/%",
      "//index.html/../../outside.js",
    ]) {
      expect([path, await statusOf(server.httpUrl, path)]).toEqual([
        path,
        expect.toSatisfy((status) => status === 404 || status === 400),
      ]);
    }
    expect(await statusOf(server.httpUrl, "/health")).toBe(200);
  });
});

describe("an upgrade", () => {
  it("is refused to web pages of others, before it costs anything", async () => {
    const server = await start();
    expect(await refusal(server.url, { origin: "https://evil.example" })).toEqual({
      status: 403,
      body: '{"code":"auth/origin"}',
    });
    expect(server.connections).toBe(0);
    const local = await new RawClient(server.url, { origin: "http://localhost:5173" }).opened();
    await local.close();
  });

  it("[D9] is refused when there are too many, in all or from one address", async () => {
    const server = await start({ bounds: { connections: 2 } });
    const first = await new RawClient(server.url).opened();
    await new RawClient(server.url).opened();
    expect(await refusal(server.url)).toEqual({ status: 503, body: '{"code":"server/full"}' });
    await first.close();
    await join(server, "ada");
    const narrow = await start({ bounds: { connectionsPerAddress: 1 } });
    await new RawClient(narrow.url).opened();
    expect((await refusal(narrow.url)).status).toBe(503);
  });

  it("is refused at any other address", async () => {
    const server = await start({ path: "/chat" });
    expect(server.url).toMatch(/\/chat$/u);
    await join(server, "ada");
    expect((await refusal(`${server.url}/other`)).status).toBe(404);
    expect((await refusal(server.url.replace("/chat", ""))).status).toBe(404);
  });

  it("does not negotiate compression, which costs memory per link and invites bombs", async () => {
    const server = await start();
    const client = new WebSocket(server.url, { perMessageDeflate: true });
    await new Promise((resolve) => client.on("open", resolve));
    expect(client.extensions).toBe("");
    client.terminate();
  });
});

describe("closing the server", () => {
  it("[D9] ends the links of clients that do not say good-bye, and may be asked twice", async () => {
    const server = await createServer({ port: 0 });
    const client = await join(server, "ada");
    client.socket.pause(); // Reads nothing more, not even the closing handshake.
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await closing;
    expect(server.connections).toBe(0);
  });

  it("lets go of its port", async () => {
    const server = await createServer({ port: 0 });
    await server.close();
    const next = await start({ port: server.port });
    expect(next.port).toBe(server.port);
  });
});
