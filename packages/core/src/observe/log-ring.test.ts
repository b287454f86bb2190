import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { createLog } from "./log-ring.ts";
import { createObservedClient } from "./observed-client.ts";
import { redact } from "./redact.ts";

const nobody = (): void => {};

describe("the log of a client", () => {
  it("keeps the latest lines of a level and above, and hands every line on (row J1)", () => {
    const next: string[] = [];
    let now = 0;
    const { log, logger } = createLog(
      () => (now += 1),
      (_, event) => next.push(event),
      { size: 3 },
    );
    logger("debug", "a");
    for (const event of ["b", "c", "d"]) logger("info", event);
    logger("error", "e", { code: "storage/failed" });
    expect(next).toEqual(["a", "b", "c", "d", "e"]);
    expect(log.entries().map(({ event }) => event)).toEqual(["c", "d", "e"]);
    expect(log.entries("warn")).toEqual([
      { at: 4, level: "error", event: "e", fields: { code: "storage/failed" } },
    ]);
    log.setLevel("debug");
    logger("debug", "f");
    expect(
      log
        .export()
        .split("\n")
        .map((line) => JSON.parse(line).event),
    ).toEqual(["d", "e", "f"]);
  });

  it("[D10] tells those who listen, until they leave, and outlives one that throws", () => {
    const { log, logger } = createLog(() => 0, nobody);
    const heard: string[] = [];
    log.subscribe(() => {
      throw new TypeError("not mine");
    });
    const leave = log.subscribe(({ event }) => heard.push(event));
    logger("info", "a");
    leave();
    logger("info", "b");
    expect(heard).toEqual(["a"]);
  });

  it("[D8] has every step at the level debug, and not a word of what was written, nor a token", async () => {
    const here = world();
    const secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
    const ada = createObservedClient(
      { transport: here.backend.transport("ada"), clock: here.clock, auth: () => secret, logger: nobody },
      { log: { level: "debug" } },
    );
    const room = ada.conversation("general");
    await ada.connect();
    await (await room.send("the old harbour")).settled();
    const [, other] = await member(here, "ben");
    await other.send("at the old mill");
    ada.on("message", () => {
      throw new TypeError(`unable to show; Bearer ${secret}`);
    });
    await other.send("at the old bridge");
    await here.clock.settle();
    const text = ada.log.export();
    for (const event of ["link.submit", "link.answer", "link.query", "link.arrived", "connection.online"])
      expect(text).toContain(event);
    expect(text).not.toMatch(/harbour|mill|bridge/);
    expect(text).not.toContain(secret);
  });
});

describe("redact", () => {
  it("takes out secrets by the names of fields and by their looks, and leaves ids, codes and numbers", () => {
    expect(
      redact({
        commandId: "01890000-0000-7000-8000-000000000000",
        code: "auth/invalid",
        tookMs: 12,
        accessToken: "abc",
        nested: { Authorization: "abc", password: 1, content: { text: "hello" } },
        url: "wss://a.example/chat?ticket=abc&room=1",
        cause: new Error("refused Bearer abc.def"),
        list: ["eyJhbGciOi.eyJzdWIi.sig"],
      }),
    ).toEqual({
      commandId: "01890000-0000-7000-8000-000000000000",
      code: "auth/invalid",
      tookMs: 12,
      accessToken: "[redacted]",
      nested: { Authorization: "[redacted]", password: "[redacted]", content: "[redacted]" },
      url: "wss://a.example/chat?ticket=[redacted]&room=1",
      cause: { name: "Error", message: "refused [redacted]" },
      list: ["[redacted]"],
    });
  });

  it("[D9] makes of anything something that JSON takes, neither long nor deep", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 8 }), (value) => {
        expect(() => JSON.stringify(redact(value))).not.toThrow();
      }),
    );
    expect(JSON.stringify(redact(circle)).length).toBeLessThan(100);
    expect(String(redact("x".repeat(10_000)))).toHaveLength(501);
    expect(JSON.stringify(redact(Array.from({ length: 1_000 }, () => 1))).length).toBeLessThan(200);
  });
});
