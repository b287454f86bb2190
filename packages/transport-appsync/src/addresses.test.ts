import { describe, expect, it } from "vitest";
import { addressesOf } from "./addresses.ts";
import { channelPath } from "./events.ts";

const ID = "abcdefghijklmnopqrstuvwxyz";

describe("the addresses of an API", () => {
  it("derives AppSync's own, in China too", () => {
    const [own, china] = ["", ".cn"].map((end) =>
      addressesOf({ endpoint: `https://${ID}.appsync-api.eu-west-1.amazonaws.com${end}/graphql` }),
    );
    expect(own?.realtimeUrl).toBe(`wss://${ID}.appsync-realtime-api.eu-west-1.amazonaws.com/graphql`);
    expect(own?.host).toBe(`${ID}.appsync-api.eu-west-1.amazonaws.com`);
    expect(china?.realtimeUrl).toBe(`wss://${ID}.appsync-realtime-api.eu-west-1.amazonaws.com.cn/graphql`);
  });

  it("finds the real-time address of a custom domain, and of a server without TLS, behind /realtime", () => {
    expect(addressesOf({ endpoint: "https://api.example.com/graphql" })).toEqual({
      endpoint: "https://api.example.com/graphql",
      realtimeUrl: "wss://api.example.com/graphql/realtime",
      host: "api.example.com",
    });
    const { realtimeUrl, host } = addressesOf({ endpoint: "http://localhost:20002/graphql/" });
    expect([realtimeUrl, host]).toEqual(["ws://localhost:20002/graphql/realtime", "localhost:20002"]);
  });

  it("takes what it is told, for a proxy that follows no rule", () => {
    const endpoint = "https://chat.example.com/graphql";
    const given = { endpoint, realtimeUrl: "https://live.example.com/x", host: "real.example.com" };
    expect(addressesOf(given)).toEqual({ ...given, realtimeUrl: "wss://live.example.com/x" });
  });

  it("refuses what is no address, and does not repeat what may be secret in it", () => {
    expect(() => addressesOf({ endpoint: "chat?key=secret" })).toThrow(
      'unable to connect; "chat" is no address',
    );
  });
});

describe("the channel of a conversation", () => {
  it("is its id where that may be a segment, and hex in segments of 50 where it may not", () => {
    const uuid = "0190a3b1-0000-7000-8000-000000000000";
    expect(channelPath(uuid)).toBe(uuid);
    expect(channelPath("a_b")).toBe("x-615f62");
    expect(channelPath("x-615f62")).toBe("x-782d363135663632"); // or two conversations would share a channel
    expect(channelPath("-a")).toBe("x-2d61");
    expect(
      channelPath("é".repeat(20))
        ?.split("/")
        .map(({ length }) => length),
    ).toEqual([50, 32]);
    expect(channelPath("_".repeat(99))).toHaveLength(203);
    expect(channelPath("_".repeat(100))).toBeUndefined();
  });
});
