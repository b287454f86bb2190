import { describe, expect, it } from "vitest";
import { socketUrl } from "./socket-url.ts";

describe("socketUrl", () => {
  it.each([
    ["ws://localhost:8787", "ws://localhost:8787"],
    ["wss://chat.example.com/socket?v=1", "wss://chat.example.com/socket?v=1"],
    ["http://localhost:8787/chat", "ws://localhost:8787/chat"],
    ["HTTPS://chat.example.com", "wss://chat.example.com"],
  ])("makes %s into %s", (url, expected) => {
    expect(socketUrl(url)).toBe(expected);
  });

  it.each(["", "chat.example.com", "ftp://example.com", "ws://", "wss:/example.com", "ws://a b", "ws://a#b"])(
    'refuses "%s"',
    (url) => {
      expect(() => socketUrl(url)).toThrow(expect.objectContaining({ code: "client/misused" }));
    },
  );

  it("does not repeat what an address may keep secret", () => {
    expect(() => socketUrl("htp://example.com/?token=secret")).toThrow(/"htp:\/\/example.com\/"/);
    expect(() => socketUrl("htp://example.com/?token=secret")).not.toThrow(/secret/);
  });
});
