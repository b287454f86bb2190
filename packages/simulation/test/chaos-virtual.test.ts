import { seededRandom } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { anyOf, isLikely } from "../src/chance.ts";
import { isAtRest, loadAll } from "../src/oracle.ts";
import { createScript } from "../src/script.ts";
import { isLong, replayable, upTo } from "../src/seeds.ts";
import { verdict } from "../src/verdict.ts";
import { createVirtualWorld, type VirtualWorld } from "../src/virtual-world.ts";
import { change, clear } from "../src/weather.ts";

const STEPS = 200;
const MINUTE_MS = 60_000;

/** Lets time pass until everybody has everything; far longer than any wait there is. */
async function calmDown(world: VirtualWorld): Promise<void> {
  clear(world);
  for (let minute = 0; minute < 60; minute += 1) {
    for (const { client, room, userId } of world.members) {
      void client.connect();
      const isIn = room.members.get().some((member) => member.userId === userId);
      if (!isIn) void room.join().catch(() => {});
    }
    await world.pass(MINUTE_MS);
    const truth = await world.history();
    if (world.members.every((each) => isAtRest(each, truth))) return;
  }
}

describe(
  "three people, anything they may do, anything that may go wrong",
  { timeout: isLong ? 600_000 : 60_000 },
  () => {
    it.each(replayable(upTo(20)))(
      "[D1, D2, D3, D4, D5, D6, D7] everybody sees the backend's history in the end (seed %i)",
      async (seed) => {
        const random = seededRandom(seed);
        const world = createVirtualWorld(random);
        const script = createScript(random);
        for (const { client } of world.members) void client.connect();
        for (let step = 0; step < STEPS; step += 1) {
          script.step(world.members);
          if (isLikely(random, 0.2)) change(world, random);
          if (isLikely(random, 0.5))
            await world.pass(anyOf(random, isLikely(random, 0.1) ? MINUTE_MS : 1_000));
        }
        await calmDown(world);
        world.backend.faults.cut();
        await calmDown(world);
        await Promise.all(world.members.map(loadAll));
        expect(verdict(world.members, script, await world.history())).toEqual([]);
        await world.close();
        expect(world.members.map(({ timers, link }) => [timers, link.openLinks])).toEqual([
          [0, 0],
          [0, 0],
          [0, 0],
        ]);
      },
    );
  },
);
