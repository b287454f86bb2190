import { describe, expect, it } from "vitest";
import { enter, type Guest, inGeneral } from "../../test/guest.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { SignalEvent } from "../protocol/signals.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

async function setUp(): Promise<{ backend: MemoryBackend; clock: VirtualClock; ada: Guest; bob: Guest }> {
  const clock = virtualClock();
  const backend = createMemoryBackend({ clock });
  const [ada, bob] = [await enter(backend.transport("ada")), await enter(backend.transport("bob"))];
  return { backend, clock, ada, bob };
}

async function signals(clock: VirtualClock, guest: Guest): Promise<readonly SignalEvent[]> {
  await clock.settle();
  return guest.events.flatMap((event) => (event.type === "signal" ? [event.signal] : []));
}

const watch = { type: "watch", conversationIds: ["general"] } as const;
const typing = { type: "typing", conversationId: "general", active: true } as const;

describe("typing", () => {
  it("is shown to those who look, not to oneself, and not once they look elsewhere", async () => {
    const { clock, ada, bob } = await setUp();
    ada.link.signal(typing);
    expect(await signals(clock, bob)).toEqual([]);
    for (const guest of [ada, bob]) guest.link.signal(watch);
    const known = (await signals(clock, bob)).length;
    ada.link.signal(typing);
    ada.link.signal({ ...typing, active: false });
    expect((await signals(clock, bob)).slice(known)).toEqual([
      { ...typing, userId: "ada" },
      { ...typing, userId: "ada", active: false },
    ]);
    expect((await signals(clock, ada)).some(({ type }) => type === "typing")).toBe(false);
    bob.link.signal({ type: "watch", conversationIds: [] });
    ada.link.signal(typing);
    expect((await signals(clock, bob)).slice(known)).toHaveLength(2);
  });

  it("does not travel where the conversation says so", async () => {
    const { backend, clock, ada, bob } = await setUp();
    bob.link.signal(watch);
    const known = (await signals(clock, bob)).length;
    const settings = { typing: false, receipts: true };
    backend.act("boss", inGeneral({ type: "conversation.update", settings }), { system: true });
    ada.link.signal(typing);
    expect(await signals(clock, bob)).toHaveLength(known);
  });
});

describe("presence", () => {
  it("shows at once who is there, then every change, until the last link goes", async () => {
    const { backend, clock, ada, bob } = await setUp();
    bob.link.signal(watch);
    const second = await enter(backend.transport("ada"));
    ada.link.signal({ type: "presence", status: "away" });
    ada.link.close();
    second.link.close();
    const statuses = (await signals(clock, bob)).map(
      (signal) => signal.type === "presence" && [signal.userId, signal.status],
    );
    expect(statuses).toEqual([
      ["ada", "online"],
      ["ada", "online"],
      ["ada", "away"],
      ["ada", "offline"],
    ]);
  });

  it("is not shown of people without a sign of life for too long", async () => {
    const { clock, bob } = await setUp();
    await clock.advance(defaultPolicy.presenceExpiresMs);
    bob.link.signal(watch);
    expect(await signals(clock, bob)).toEqual([]);
  });

  it("[D8] is not shown to people who share no conversation, whatever they say they look at", async () => {
    const { backend, clock, ada, bob } = await setUp();
    backend.act("boss", inGeneral({ type: "participant.remove", userId: "bob" }), { system: true });
    bob.link.signal(watch);
    ada.link.signal({ type: "presence", status: "away" });
    ada.link.signal(typing);
    expect(await signals(clock, bob)).toEqual([]);
  });
});

describe("a malformed signal", () => {
  it("is dropped", async () => {
    const { clock, ada, bob } = await setUp();
    bob.link.signal(watch);
    const known = (await signals(clock, bob)).length;
    ada.link.signal({ ...typing, conversationId: "\n" });
    ada.link.signal({ type: "watch", conversationIds: Array.from({ length: 51 }, String) });
    expect(await signals(clock, bob)).toHaveLength(known);
  });
});
