import type { Random } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import {
  type AppSyncWorld,
  calm,
  createAppSyncWorld,
  createDeployedWorld,
  disturb,
  switches,
} from "../src/appsync-world.ts";
import { anyOf, isLikely, pick } from "../src/chance.ts";
import { isAtRest, loadAll } from "../src/oracle.ts";
import { createScript, type Script } from "../src/script.ts";
import { isLong, replayable, upTo } from "../src/seeds.ts";
import { verdict } from "../src/verdict.ts";
import { badFrames, change } from "../src/weather.ts";

const MINUTE_MS = 60_000;

/** Lets time pass until everybody has everything, and judges. */
async function conclude(world: AppSyncWorld, script: Script): Promise<readonly string[]> {
  for (const isLast of [false, true]) {
    calm(world);
    for (let minute = 0; minute < 60; minute += 1) {
      for (const { client, room, userId } of world.members) {
        void client.connect();
        const isIn = room.members.get().some((member) => member.userId === userId);
        if (!isIn) void room.join().catch(() => {});
      }
      await world.pass(MINUTE_MS);
      const truth = await world.history();
      if (world.members.every((each) => isAtRest(each, truth))) break;
    }
    if (!isLast) world.endpoint.cut(); // everybody resumes once more
  }
  const loaded = Promise.all(world.members.map(loadAll));
  await world.pass(MINUTE_MS);
  await loaded;
  const found = verdict(world.members, script, await world.history());
  await world.close();
  const left = [...world.members.map(({ timers }) => timers), world.endpoint.sockets.open];
  return left.every((count) => count === 0) ? found : [...found, `left behind: ${left.join()}`];
}

async function live(
  world: AppSyncWorld,
  random: Random,
  steps: number,
  weather: () => void,
): Promise<readonly string[]> {
  const script = createScript(random);
  for (const { client } of world.members) void client.connect();
  for (let step = 0; step < steps; step += 1) {
    script.step(world.members);
    weather();
    if (isLikely(random, 0.5)) await world.pass(anyOf(random, isLikely(random, 0.1) ? MINUTE_MS : 1_000));
  }
  expect(script.deeds.length).toBeGreaterThan(0);
  return conclude(world, script);
}

describe("three people over AppSync, on simulated time", { timeout: isLong ? 600_000 : 60_000 }, () => {
  it.each(Object.entries(switches))(
    "[D2, D3, D4, D5, D6, D7] everybody sees the backend's history in the end, whatever %s does",
    async (_name, faults) => {
      const random = seededRandom(11);
      const world = createAppSyncWorld(random);
      const found = await live(world, random, 40, () => {
        const { limitStarts: _keep, ...lasting } = faults;
        Object.assign(world.endpoint.faults, lasting);
        if (faults.limitStarts !== undefined && isLikely(random, 0.1)) world.endpoint.faults.limitStarts = 10;
        if (isLikely(random, 0.05)) world.endpoint.cut();
      });
      expect(found).toEqual([]);
    },
  );

  it.each(replayable(upTo(3)))(
    "[D2, D3, D4, D5, D6, D7] everybody sees the backend's history in the end, whatever goes wrong (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const world = createAppSyncWorld(random);
      const found = await live(world, random, 150, () => {
        if (isLikely(random, 0.1)) change(world, random);
        if (isLikely(random, 0.1)) disturb(world, random);
      });
      expect(found).toEqual([]);
    },
  );
});

describe(
  "three people over AppSync, with what is deployed behind it",
  { timeout: isLong ? 600_000 : 60_000 },
  () => {
    it.each(replayable(upTo(2)))(
      "[D2, D3, D4, D5, D6, D7] everybody sees the table's history in the end, whatever goes wrong (seed %i)",
      async (seed) => {
        const random = seededRandom(seed);
        const world = await createDeployedWorld(random);
        const found = await live(world, random, 100, () => {
          const member = pick(random, world.members);
          if (isLikely(random, 0.1)) member?.link.inject(badFrames(random));
          if (isLikely(random, 0.02)) member?.link.cut();
          if (isLikely(random, 0.1)) disturb(world, random);
        });
        expect(found).toEqual([]);
      },
    );
  },
);
