import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it, vi } from "vitest";
import { keepHouse } from "../src/housekeeping.ts";
import { EngineBench, engineClock, sendFrame } from "./support/engine-bench.ts";
import { newId } from "./support/raw-client.ts";

const HOUR_MS = 3_600_000;

describe("housekeeping", () => {
  it("prunes by a conversation's own retention, tells everybody in it, and writes it down (rows C14, C15)", async () => {
    const bench = await EngineBench.open({
      lobbies: [],
      policy: { rates: [] },
    });
    const hours = virtualClock(bench.clock.now());
    const stop = keepHouse({
      ...{ store: bench.store, clock: engineClock(hours), retention: undefined },
      ...{ answerRetentionMs: HOUR_MS, auditRetentionMs: 24 * HOUR_MS },
      perform: (...given) => bench.engine.perform(...given),
      newId: () => newId(),
      onFailure: (error) => bench.failures.push(error),
    });
    const ada = await bench.join("ada");
    const ben = await bench.join("ben");
    const settings = { typing: true, receipts: true, retention: { maxMessages: 2 } };
    const create = { type: "conversation.create", commandId: newId(), conversationId: "a", at: 0 } as const;
    const command = { ...create, kind: "group", participants: [{ userId: "ben" }], settings } as const;
    await bench.send(ada, { type: "submit", id: 1, command });
    for (let lane = 1; lane <= 5; lane += 1) await bench.send(ada, sendFrame("a", String(lane), lane));
    ben.take();
    await hours.advance(HOUR_MS);
    await vi.waitFor(async () => {
      await bench.clock.advance(0);
      expect(ben.all("change")).not.toEqual([]);
    });
    expect(ben.all("change").map(({ change }) => change)).toMatchObject([
      {
        kind: "conversation.prune",
        actorId: "system",
        rev: 9,
        record: { type: "conversation", floorSeq: 4 },
      },
    ]);
    const answer = await bench.store.query("ben", { type: "history", conversationId: "a", limit: 9 });
    expect(answer).toMatchObject({ ok: true, result: { floorSeq: 4, messages: [{ seq: 4 }, { seq: 5 }] } });
    const page = await bench.store.audit?.page({ limit: 9 });
    expect(page?.items).toMatchObject([
      { action: "conversation.prune", actorId: "system", conversationId: "a", detail: "4" },
    ]);
    expect(bench.failures).toEqual([]);
    stop();
  });
});
