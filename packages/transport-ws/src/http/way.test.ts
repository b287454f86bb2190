import { describe, expect, it } from "vitest";
import { linkAddress } from "./link-address.ts";
import { firstWay, nextWay, type WayEvent, type WayState } from "./way.ts";

const after = (...events: readonly WayEvent[]): WayState =>
  events.reduce((state, event) => nextWay(state, event, 2), firstWay(2));

describe("which way", () => {
  it.each<[readonly WayEvent[], string]>([
    [[], "socket"],
    [["socket-failed"], "socket"],
    [["socket-failed", "socket-failed"], "http"],
    [["socket-failed", "socket-failed", "http-failed"], "socket"],
    [["socket-failed", "socket-failed", "http-failed", "socket-failed"], "http"],
    [["socket-failed", "socket-failed", "http-opened"], "http"],
    [["socket-failed", "socket-failed", "http-opened", "socket-failed"], "http"],
    [["socket-failed", "socket-failed", "http-opened", "socket-opened"], "socket"],
    [["socket-failed", "socket-opened", "socket-failed"], "socket"],
    [["socket-opened", "socket-failed", "socket-failed", "socket-failed"], "socket"],
    [["socket-opened", "socket-failed", "socket-failed", "socket-failed", "socket-failed"], "http"],
  ])("after %j is %s", (events, next) => {
    expect(after(...events).next).toBe(next);
  });

  it("is HTTP from the first, if sockets may not fail at all", () => {
    expect(firstWay(0).next).toBe("http");
  });
});

describe("the address of a link", () => {
  it.each([
    ["wss://chat.example", "https://chat.example/link/1"],
    ["ws://chat.example:8787/", "http://chat.example:8787/link/1"],
    ["wss://chat.example/chat", "https://chat.example/chat/link/1"],
    ["wss://chat.example/chat/?v=1&w=a/b?", "https://chat.example/chat/link/1?v=1&w=a/b?"],
  ])("of %s is %s", (url, address) => {
    expect(linkAddress(url, "1")).toBe(address);
  });
});
