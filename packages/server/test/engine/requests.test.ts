import type { Command } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/engine/caller.ts";
import type { Outcome } from "../../src/store/store.ts";
import { EngineBench } from "../support/engine-bench.ts";
import { newId } from "../support/raw-client.ts";

const system: Caller = { userId: "system", isSystem: true };

function say(text: string, conversationId = "general"): Command {
  return { type: "message.send", commandId: newId(), conversationId, at: 0, kind: "text", content: { text } };
}

async function perform(bench: EngineBench, caller: Caller, command: Command): Promise<Outcome> {
  const outcome = bench.engine.perform(caller, command);
  await bench.clock.advance(0);
  return outcome;
}

async function codeOf(outcome: Promise<Outcome>): Promise<string> {
  const answer = await outcome;
  return answer.ok ? "ok" : answer.code;
}

/** How many of as many messages as it takes are accepted at once. */
async function burst(bench: EngineBench, caller: Caller): Promise<number> {
  for (let count = 0; ; count += 1) {
    const outcome = await perform(bench, caller, say("hello"));
    if (!outcome.ok) return outcome.code === "rate/limited" ? count : -1;
  }
}

describe("a command that did not come over a link", () => {
  it("is delivered to everybody in the conversation, its author's links too", async () => {
    const bench = await EngineBench.open();
    const links = [await bench.join("ada"), await bench.join("bob")];
    const outcome = await perform(bench, { userId: "ada" }, say("hello"));
    expect(outcome).toMatchObject({ ok: true, isKnown: false });
    for (const link of links)
      expect(link.all("change").map(({ change }) => change.record)).toContainEqual(
        expect.objectContaining({ authorId: "ada", content: { text: "hello" } }),
      );
  });

  it("[D2] takes effect once and is answered the same again, whoever may give it", async () => {
    const bench = await EngineBench.open({ lobbies: [] });
    const participants = [{ userId: "ada" }];
    const at = 0;
    const create: Command = {
      ...{ type: "conversation.create", commandId: newId(), conversationId: "a", at },
      ...{ kind: "group", participants },
    };
    const add: Command = {
      type: "participant.add",
      commandId: newId(),
      conversationId: "a",
      at,
      userId: "bob",
    };
    for (const command of [create, add, say("once", "a")]) {
      const first = await perform(bench, system, command);
      expect(first).toMatchObject({ ok: true, isKnown: false });
      const again = await perform(bench, system, command);
      expect(again).toEqual({ ok: true, isKnown: true, ack: first.ok && first.ack });
    }
  });

  it("asks for permissions and rates, unless the server itself acts", async () => {
    const bench = await EngineBench.open();
    expect(await codeOf(perform(bench, { userId: "eve" }, say("hello")))).toBe("conversation/not-found");
    await bench.join("ada");
    expect(await burst(bench, { userId: "ada" })).toBe(10);
    for (let count = 0; count < 30; count += 1)
      expect(await codeOf(perform(bench, system, say("hear, hear")))).toBe("ok");
  });

  it("is not taken any more once the server stops", async () => {
    const bench = await EngineBench.open();
    await bench.join("ada");
    void bench.engine.drain(0);
    await bench.clock.advance(0);
    expect(await codeOf(perform(bench, { userId: "ada" }, say("late")))).toBe("server/draining");
    expect(await bench.engine.query("ada", { type: "conversations", limit: 1 })).toMatchObject({
      code: "server/draining",
    });
  });
});

describe("a tier", () => {
  it("multiplies the rates of its users, and tells them so", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada times 3");
    const minute = link.all("welcome")[0]?.welcome.policy.rates[0];
    expect(minute).toMatchObject({ tokens: 180, burst: 30 });
    expect(await burst(bench, { userId: "ada", rateFactor: 3 })).toBe(30);
  });

  it("may change with a new token, while the link lives", async () => {
    const bench = await EngineBench.open();
    const link = await bench.join("ada");
    await bench.send(link, { type: "refresh", id: 1, token: "ada times 2" });
    expect(link.all("policy")[0]?.policy.rates[0]).toMatchObject({ tokens: 120, burst: 20 });
    await bench.send(link, { type: "refresh", id: 2, token: "ada times 2" });
    expect(link.all("policy")).toHaveLength(1);
  });
});
