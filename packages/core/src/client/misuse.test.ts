import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import type { LogLevel } from "../ports/logger.ts";
import { memoryStorage } from "../memory/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { createClient } from "./create-client.ts";

const never = (): Promise<never> => new Promise(() => {});

describe("an app that makes a mistake", () => {
  it.each([undefined, {}, { transport: {} }])("is told what a client made with %j lacks", (options) => {
    const make = (): unknown => Reflect.apply(createClient, undefined, [options]);
    expect(make).toThrow(
      expect.objectContaining({ code: "client/misused", message: expect.stringContaining("transport") }),
    );
  });

  it.each([undefined, null, 42, {}, { text: 42 }])(
    "is told what a draft is when it sends %j",
    async (draft) => {
      const [ada, room] = await member(world(), "ada");
      const sending: Promise<unknown> = Reflect.apply(room.send, undefined, [draft]);
      await expect(sending).rejects.toMatchObject({
        code: "draft/invalid",
        issues: [{ suggestion: expect.stringContaining("string") }],
      });
      expect(ada.outbox.get().entries).toEqual([]);
    },
  );

  it("cannot give another conversation's command through a handle, nor choose its id", async () => {
    const [ada] = await member(world(), "ada");
    const room = await ada.createConversation({ kind: "group" });
    const wrong = { title: "Ours", conversationId: "theirs", commandId: "mine", at: 1 };
    const updating: Promise<unknown> = Reflect.apply(room.update, undefined, [wrong]);
    const entry = ada.outbox.get().entries.at(-1);
    expect(entry?.command).toMatchObject({ title: "Ours", conversationId: room.id });
    expect(entry?.command.commandId).not.toBe("mine");
    expect(entry?.command.at).not.toBe(1);
    await updating;
  });

  it("is told that a conversation is not there, by what it asks for, by an event and by the view", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const errors: unknown[] = [];
    ada.on("error", (error) => errors.push(JSON.parse(JSON.stringify(error))));
    const room = ada.conversation("nowhere");
    expect(room.timeline.get().absent).toBe(false);
    await here.clock.settle();
    expect(room.timeline.get().absent).toBe(true);
    await expect(room.timeline.loadOlder()).rejects.toMatchObject({ code: "conversation/not-found" });
    expect(errors).toMatchObject([
      {
        ...{ name: "MessagingError", code: "conversation/not-found", conversationId: "nowhere" },
        ...{
          retryable: false,
          category: "permission",
          help: "@tidings/core/dist/errors.md#conversationnot-found",
        },
        message: expect.stringMatching(/^unable to /),
      },
    ]);
  });
});

describe("a backend that cannot be reached", () => {
  it("is warned of once, with code and remedy, however often it is tried", async () => {
    const here = world();
    const said: [LogLevel, string, unknown][] = [];
    const { warn } = console;
    console.warn = (event: string, fields: unknown) => said.push(["warn", event, fields]);
    here.backend.faults.offline(true);
    const ada = here.client("ada");
    const connected = ada.connect();
    await here.clock.advance(600_000);
    console.warn = warn;
    expect(said).toMatchObject([
      [
        "warn",
        "tidings: connection.waiting",
        { code: "connection/failed", help: expect.stringContaining("#") },
      ],
    ]);
    here.backend.faults.offline(false);
    await here.clock.advance(60_000);
    await connected;
  });
});

describe("a hostile backend", () => {
  it("[D9] does not make a client flood it by a policy of milliseconds", async () => {
    const policy = { ...defaultPolicy, heartbeatMs: 1, presenceExpiresMs: 1 };
    const here = world({ policy });
    let frames = 0;
    const transport = here.backend.transport("ada");
    const counted = here.client("ada", {
      transport: {
        ...transport,
        async open(request, signal) {
          const link = await transport.open(request, signal);
          return {
            ...link,
            ping: () => ((frames += 1), link.ping()),
            signal: (signal) => ((frames += 1), link.signal(signal)),
          };
        },
      },
    });
    await counted.connect();
    await here.clock.advance(60_000);
    expect(frames).toBeGreaterThan(10);
    expect(frames).toBeLessThanOrEqual(125);
  });
});

describe("a storage that hangs", () => {
  it("[D9] holds up neither connect nor close for ever, and is reported", async () => {
    const here = world();
    const codes: string[] = [];
    const ada = here.client("ada", { storage: { ...memoryStorage(), open: never, close: never } });
    ada.on("error", ({ code }) => void codes.push(code));
    const connected = ada.connect();
    await here.clock.advance(10_000);
    await connected;
    expect(codes).toEqual(["storage/failed"]);
    const closed = ada.close();
    await here.clock.advance(20_000);
    await closed;
    expect(here.clock.timers).toBe(0);
  });
});
