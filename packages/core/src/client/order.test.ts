import { describe, expect, it } from "vitest";
import { texts, type World, world } from "../../test/client/world.ts";
import type { Clock } from "../base/clock.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { SendOptions } from "./types.ts";

interface Life {
  /** How far its clock is wrong. */
  readonly aheadMs?: number;
  readonly given: readonly (readonly [text: string, options?: SendOptions])[];
  /** It gives them once it knows what storage has; else at once. */
  readonly isLate?: boolean;
}

/** Says something without a network, and is closed. */
async function live(here: World, storage: Storage, { aheadMs = 0, given, isLate }: Life): Promise<void> {
  const clock: Clock = { ...here.clock, now: () => here.clock.now() + aheadMs };
  const client = here.client("ada", { storage, clock, userId: "ada" });
  if (isLate) await here.clock.settle();
  const room = client.conversation("general");
  await Promise.all(given.map(([text, options]) => room.send(text, options)));
  await here.clock.settle();
  await client.close();
}

/** What the conversation holds once a last life has had a network. */
async function saidAfter(...lives: readonly Life[]): Promise<readonly string[]> {
  const here = world();
  const storage = memoryStorage();
  for (const life of lives) await live(here, storage, life);
  const client = here.client("ada", { storage, userId: "ada" });
  const room = client.conversation("general");
  await client.connect();
  await here.clock.settle();
  return texts(room);
}

describe("what waited over restarts", () => {
  it("[D7, O5] goes out in the order given though an id is older than those before it", async () => {
    const id = "01900000-0000-7000-8000-000000000001";
    expect(await saidAfter({ given: [["one"], ["two", { id }], ["three"]] })).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  for (const isLate of [false, true]) {
    const when = isLate ? "after" : "before";
    it(`[D7, O5] goes out in the order given though the clock was set back, and some was given ${when} storage was read`, async () => {
      const said = await saidAfter(
        { aheadMs: 3_600_000, given: [["one"], ["two"]] },
        { given: [["three"], ["four"]], isLate },
        { aheadMs: -3_600_000, given: [["five"]], isLate },
      );
      expect(said).toEqual(["one", "two", "three", "four", "five"]);
    });
  }

  it("[D7, O5] goes behind what was given meanwhile, where it was given up and is asked for again", async () => {
    const here = world();
    const storage = memoryStorage();
    const ada = here.client("ada", { userId: "ada", storage });
    const room = ada.conversation("general");
    await ada.connect();
    here.backend.faults.refuseNext("server/internal", { times: 8 });
    const one = await room.send("one");
    await here.clock.advance(600_000);
    expect(one.status).toBe("failed");
    ada.disconnect();
    await room.send("two");
    ada.outbox.retry(one.id);
    await here.clock.settle();
    await ada.close();
    const next = here.client("ada", { userId: "ada", storage });
    await next.connect();
    await here.clock.settle();
    expect(texts(next.conversation("general"))).toEqual(["two", "one"]);
  });
});
