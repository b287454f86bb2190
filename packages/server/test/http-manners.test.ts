import { describe, expect, it } from "vitest";
import { createServiceKey } from "../src/index.ts";
import { call } from "./support/api.ts";
import { start } from "./support/start.ts";

const problem = (code: string, status: number): object => ({ status, json: { code, status } });

describe("requests", () => {
  it("have an id, one's own if it is fit for a log", async () => {
    const server = await start();
    const ids = [];
    for (const given of [undefined, "trace-7.a:b", "x".repeat(65), "a b"]) {
      const answer = await call(server, "GET /health", {
        headers: given === undefined ? {} : { "x-request-id": given },
      });
      ids.push(answer.headers.get("x-request-id"));
    }
    const made: unknown = expect.stringMatching(/^[\da-f-]{36}$/u);
    expect(ids).toEqual([made, "trace-7.a:b", made, made]);
  });

  it("[D9] are counted by user, with the time to wait", async () => {
    const server = await start({ bounds: { requestsPerSecond: 1 } });
    const [ada, bob] = [await server.issueToken("ada"), await server.issueToken("bob")];
    const ask = (token: string) => call(server, "GET /v1/conversations", { token });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await ask(ada)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await ask(ada);
    expect(refused).toMatchObject(problem("protocol/busy", 429));
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await ask(bob)).status).toBe(200);
  });

  it("[D9] are counted by address, whoever they say they are, before anything else", async () => {
    const server = await start({ bounds: { requestsPerSecondPerAddress: 1 }, trustedProxies: 1 });
    const from = async (address: string) => {
      const token = await server.issueToken(`user-${Math.random()}`);
      return call(server, "GET /v1/conversations", {
        token,
        headers: { "x-forwarded-for": `6.6.6.6, ${address}` },
      });
    };
    const statuses = [];
    for (const address of ["a", "a", "a", "b"]) statuses.push((await from(address)).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  it("[D9] cannot choose their address where no proxy is trusted", async () => {
    const server = await start({ bounds: { requestsPerSecondPerAddress: 1 } });
    const statuses = [];
    for (const address of ["a", "b", "c"])
      statuses.push((await call(server, "GET /v1", { headers: { "x-forwarded-for": address } })).status);
    expect(statuses).toEqual([404, 404, 429]);
  });

  it("about how the server is are not counted, so that a balancer and its people never wait for each other", async () => {
    const server = await start({ bounds: { requestsPerSecondPerAddress: 1 } });
    const statuses = [];
    for (const path of ["/health", "/health/live", "/health/ready", "/v1", "/v1", "/v1", "/health"])
      statuses.push((await call(server, `GET ${path}`)).status);
    expect(statuses).toEqual([200, 200, 200, 404, 404, 429, 200]);
  });

  it("of messages have the rates of the wire, multiplied by the tier", async () => {
    const rates = [{ name: "day", scope: "user", tokens: 1, perMs: 86_400_000, burst: 1 }] as const;
    const server = await start({ policy: { rates }, tiers: { pro: 3 } });
    const sent = async (userId: string, tier?: string) => {
      const token = await server.issueToken(userId, tier === undefined ? {} : { tier });
      const { text } = await call(server, "POST /v1/conversations", { token, body: { kind: "group" } });
      const path = `/v1/conversations/${JSON.parse(text).commandId}/messages`;
      const body = { kind: "text", content: { text: "hi" } };
      for (let count = 0; ; count += 1) {
        const answer = await call(server, `POST ${path}`, { token, body });
        if (answer.status !== 201) return [count, answer.status, JSON.parse(answer.text).code];
      }
    };
    expect(await sent("ada")).toEqual([1, 429, "rate/limited"]);
    expect(await sent("bob", "pro")).toEqual([3, 429, "rate/limited"]);
    expect(await sent("eve", "constructor")).toEqual([1, 429, "rate/limited"]);
  });
});

describe("pages of others", () => {
  const origin = "https://app.example";
  const preflight = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,idempotency-key",
  };

  it("may ask if they are on the list, and see what they need", async () => {
    const server = await start({ origins: [origin] });
    const asked = await call(server, "OPTIONS /v1/conversations", { headers: { origin, ...preflight } });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
    expect(asked.headers.get("access-control-allow-headers")).toBe("authorization,idempotency-key");
    expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
    const token = await server.issueToken("ada");
    const answer = await call(server, "GET /v1/conversations", { token, headers: { origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-expose-headers")).toContain("retry-after");
    expect(answer.headers.get("vary")).toContain("Origin");
  });

  it("are refused if they are not, before it costs anything", async () => {
    const server = await start({ origins: [origin] });
    const token = await server.issueToken("ada");
    for (const other of ["https://evil.example", "null"]) {
      const headers = { origin: other, ...preflight };
      for (const line of ["OPTIONS /v1/conversations", "GET /v1/conversations"]) {
        const answer = await call(server, line, { token, headers });
        expect(answer).toMatchObject(problem("auth/origin", 403));
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
    }
  });
});

describe("a server that was told nothing of it", () => {
  it("issues no tokens over HTTP, whatever a key may do", async () => {
    const { key, hash } = createServiceKey();
    const server = await start({ serviceKeys: [{ name: "tests", hash, scopes: ["tokens"] }] });
    const refused = await call(server, "POST /v1/users/ada/tokens", { token: key });
    expect(refused).toMatchObject(problem("command/unsupported", 404));
  });
});

describe("every answer", () => {
  it("carries what keeps browsers careful", async () => {
    const server = await start();
    for (const line of ["GET /health", "GET /v1/conversations", "GET /nowhere", "GET /docs"]) {
      const { headers } = await call(server, line);
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-security-policy": expect.stringContaining("default-src 'self'") as string,
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
      });
      expect(headers.get("content-security-policy")).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/u);
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });
});

describe("what a service key does", () => {
  it("is written down: who, what, for whom, how it went, and nothing that was said", async () => {
    const lines: object[] = [];
    const write = (fields: object, event: string): void => void lines.push({ event, ...fields });
    const { key, hash } = createServiceKey();
    const server = await start({
      serviceKeys: [{ name: "backend", hash, scopes: ["system", "act"] }],
      log: { debug: () => {}, info: write, warn: write, error: write },
    });
    const headers = { "tidings-user": "ada", "x-request-id": "r-1" };
    await call(server, "POST /v1/conversations/a/messages", {
      token: key,
      headers,
      body: { kind: "text", content: { text: "crown jewels" } },
    });
    expect(lines).toContainEqual({
      ...{ event: "service key", id: "r-1", key: "backend", method: "POST", onBehalfOf: "ada", status: 404 },
      route: "/v1/conversations/:conversationId/messages",
    });
    expect(JSON.stringify(lines)).not.toMatch(/jewels|tsk_/u);
  });
});
