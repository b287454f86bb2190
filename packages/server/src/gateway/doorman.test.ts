import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Doorman, type DoormanOptions } from "./doorman.ts";

function request(headers: Record<string, string> = {}, address = "10.0.0.1", url = "/"): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: address });
  const message = new IncomingMessage(socket);
  message.url = url;
  message.headers = { host: "chat.example", ...headers };
  return message;
}

function doorman(options: Partial<DoormanOptions> = {}): Doorman {
  const bounds = { connections: 10, connectionsPerAddress: 5, trustedProxies: 0 };
  return new Doorman({ origins: [], allowsLocalPages: false, path: "/", ...bounds, ...options });
}

describe("the doorman", () => {
  it("lets in clients that are no web page, and the server's own page", () => {
    for (const headers of [{}, { origin: "https://chat.example" }]) {
      expect(doorman().admit(request(headers))).toEqual({ ok: true, address: "10.0.0.1" });
    }
  });

  it("keeps out web pages of others", () => {
    for (const origin of [
      "https://evil.example",
      "https://chat.example.evil.example",
      "null",
      "http://localhost:5173",
      "nonsense",
    ]) {
      expect(doorman().admit(request({ origin }))).toEqual({ ok: false, status: 403, code: "auth/origin" });
    }
  });

  it("lets in the web pages it was told of", () => {
    const told = doorman({ origins: ["https://app.example"] });
    expect(told.admit(request({ origin: "https://app.example" })).ok).toBe(true);
    expect(told.admit(request({ origin: "http://app.example" })).ok).toBe(false);
    expect(doorman({ origins: "*" }).admit(request({ origin: "https://any.example" })).ok).toBe(true);
    expect(doorman({ allowsLocalPages: true }).admit(request({ origin: "http://localhost:5173" })).ok).toBe(
      true,
    );
  });

  it("[D9] counts connections, in all and per address", () => {
    const one = doorman({ connections: 7, connectionsPerAddress: 5 });
    const from = (address: string, times: number): boolean[] =>
      Array.from({ length: times }, () => one.admit(request({}, address)).ok);
    expect(from("a", 6)).toEqual([true, true, true, true, true, false]);
    expect(from("b", 3)).toEqual([true, true, false]);
    one.leave("a");
    expect(one.count).toBe(6);
    expect(from("b", 1)).toEqual([true]);
    expect(one.admit(request({}, "c"))).toMatchObject({ status: 503, code: "server/full" });
  });

  it("believes as many proxies as it was told of, and no client", () => {
    const headers = { "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.9" };
    expect(doorman().admit(request(headers))).toMatchObject({ address: "10.0.0.1" });
    expect(doorman({ trustedProxies: 1 }).admit(request(headers))).toMatchObject({ address: "10.0.0.9" });
    expect(doorman({ trustedProxies: 2 }).admit(request(headers))).toMatchObject({ address: "1.2.3.4" });
    expect(doorman({ trustedProxies: 9 }).admit(request(headers))).toMatchObject({ address: "10.0.0.1" });
  });

  it("knows one address only, and nobody once it is closed", () => {
    const elsewhere = doorman({ path: "/chat" });
    expect(elsewhere.admit(request({}, "a", "/"))).toMatchObject({ status: 404 });
    expect(elsewhere.admit(request({}, "a", "/chat?x=1"))).toMatchObject({ ok: true });
    elsewhere.isClosed = true;
    expect(elsewhere.admit(request({}, "a", "/chat"))).toMatchObject({
      status: 503,
      code: "server/draining",
    });
  });
});
