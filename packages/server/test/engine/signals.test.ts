import type { ClientFrame, Signal } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { EngineBench, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { newId } from "../support/raw-client.ts";

const SECOND_MS = 1_000;

function signal(value: Signal): ClientFrame {
  return { type: "signal", signal: value };
}

const watch = (...conversationIds: string[]): ClientFrame => signal({ type: "watch", conversationIds });
const typing = (active = true): ClientFrame => signal({ type: "typing", conversationId: "general", active });

/** What a link saw of others since the last call. */
function seen(link: TestLink): string[] {
  return link.take().flatMap((frame) => {
    if (frame.type !== "signal") return [];
    const event = frame.signal;
    const what = event.type === "typing" ? `typing ${event.active}` : event.status;
    return [`${event.userId} ${what}`];
  });
}

describe("typing", () => {
  it("is shown to those who look at the conversation, and to nobody else", async () => {
    const bench = await EngineBench.open();
    const [ada, bob, cy] = [await bench.join("ada"), await bench.join("bob"), await bench.join("cy")];
    await bench.send(bob, watch("general"));
    for (const link of [ada, bob, cy]) link.take();
    await bench.send(ada, typing(), typing(false));
    expect([ada, bob, cy].map(seen)).toEqual([[], ["ada typing true", "ada typing false"], []]);
  });

  it("ends by itself when it is not renewed", async () => {
    const bench = await EngineBench.open();
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    await bench.send(bob, watch("general"));
    seen(bob);
    await bench.send(ada, typing());
    await bench.clock.advance(4 * SECOND_MS);
    await bench.send(ada, typing());
    await bench.clock.advance(5 * SECOND_MS);
    expect(seen(bob)).toEqual(["ada typing true", "ada typing true"]);
    await bench.clock.advance(2 * SECOND_MS);
    expect(seen(bob)).toEqual(["ada typing false"]);
  });

  it("is passed on no more often than the policy says", async () => {
    const bench = await EngineBench.open();
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    await bench.send(bob, watch("general"));
    seen(bob);
    for (let index = 0; index < 10; index += 1) {
      await bench.send(ada, typing());
      await bench.clock.advance(500);
    }
    expect(seen(bob)).toEqual(["ada typing true", "ada typing true"]);
  });

  it("ends with the message", async () => {
    const bench = await EngineBench.open();
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    await bench.send(bob, watch("general"));
    seen(bob);
    await bench.send(ada, typing(), sendFrame("general", "done", 1));
    expect(seen(bob)).toEqual(["ada typing true", "ada typing false"]);
  });

  it("[D8] of a stranger is not passed on, nor shown to one", async () => {
    const bench = await EngineBench.open({ lobbies: [] });
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    const command = {
      type: "conversation.create",
      commandId: newId(),
      at: 0,
      conversationId: "general",
      kind: "group",
    } as const;
    await bench.send(ada, { type: "submit", id: 1, lane: 1, command }, watch("general"));
    await bench.send(eve, watch("general"), typing());
    await bench.send(ada, typing());
    expect([ada, eve].map(seen)).toEqual([[], []]);
  });

  it("does not travel where the conversation says so", async () => {
    const bench = await EngineBench.open({ lobbies: [] });
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    const command = {
      type: "conversation.create",
      commandId: newId(),
      at: 0,
      conversationId: "general",
      kind: "group",
      settings: { typing: false, receipts: true },
      participants: [{ userId: "bob" }],
    } as const;
    await bench.send(ada, { type: "submit", id: 1, lane: 1, command });
    await bench.send(bob, watch("general"));
    await bench.send(ada, typing());
    expect(seen(bob)).toEqual(["ada online"]);
  });
});

describe("presence", () => {
  it("is shown at once to whoever begins to look, of those who are in", async () => {
    const bench = await EngineBench.open();
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    await bench.send(ada, signal({ type: "presence", status: "away" }), typing());
    await bench.send(bob, watch("general"));
    expect(seen(bob)).toEqual(["ada away", "ada typing true"]);
    await bench.send(bob, watch("general"));
    expect(seen(bob)).toEqual([]);
  });

  it("is the best of all links of a user", async () => {
    const bench = await EngineBench.open();
    const bob = await bench.join("bob");
    await bench.send(bob, watch("general"));
    seen(bob);
    const phone = await bench.join("ada", "phone");
    const laptop = await bench.join("ada", "laptop");
    await bench.send(phone, signal({ type: "presence", status: "away" }));
    expect(seen(bob)).toEqual(["ada online"]);
    await bench.send(laptop, signal({ type: "presence", status: "away" }));
    expect(seen(bob)).toEqual(["ada away"]);
    await bench.leave(laptop);
    expect(seen(bob)).toEqual([]);
    await bench.leave(phone);
    expect(seen(bob)).toEqual(["ada offline"]);
  });

  it("outlives a broken link, for as long as the policy says", async () => {
    const bench = await EngineBench.open();
    const bob = await bench.join("bob");
    const ada = await bench.join("ada");
    await bench.send(bob, watch("general"));
    seen(bob);
    await bench.leave(ada, false);
    await bench.clock.advance(30 * SECOND_MS);
    await bench.send(bob, { type: "ping", n: 1, seen: 0 });
    const again = await bench.join("ada");
    expect(seen(bob)).toEqual([]);
    await bench.leave(again, false);
    await bench.clock.advance(59 * SECOND_MS);
    expect(seen(bob)).toEqual([]);
    await bench.clock.advance(2 * SECOND_MS);
    expect(seen(bob)).toEqual(["ada offline"]);
  });

  it("ends without a sign of life, and comes back with one", async () => {
    const bench = await EngineBench.open();
    const bob = await bench.join("bob");
    const ada = await bench.join("ada");
    await bench.send(bob, watch("general"));
    seen(bob);
    await bench.clock.advance(45 * SECOND_MS);
    await bench.send(bob, { type: "ping", n: 1, seen: 0 });
    await bench.clock.advance(16 * SECOND_MS);
    expect(seen(bob)).toEqual(["ada offline"]);
    await bench.send(ada, { type: "ping", n: 1, seen: 0 });
    expect(seen(bob)).toEqual(["ada online"]);
  });

  it("[D8] is not shown to someone who was removed", async () => {
    const bench = await EngineBench.open({ lobbies: [] });
    const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
    const common = { at: 0, conversationId: "general" };
    const create = {
      type: "conversation.create",
      commandId: newId(),
      kind: "group",
      ...common,
      participants: [{ userId: "bob" }],
    } as const;
    await bench.send(ada, { type: "submit", id: 1, lane: 1, command: create });
    await bench.send(bob, watch("general"));
    seen(bob);
    const remove = { type: "participant.remove", commandId: newId(), userId: "bob", ...common } as const;
    await bench.send(ada, { type: "submit", id: 2, lane: 2, command: remove });
    await bench.send(ada, signal({ type: "presence", status: "away" }), typing());
    expect(seen(bob)).toEqual([]);
    await bench.send(bob, watch("general"));
    expect(seen(bob)).toEqual([]);
  });
});
