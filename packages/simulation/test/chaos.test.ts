import { seededRandom } from "@tidings/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { anyOf, isLikely } from "../src/chance.ts";
import { countingClock } from "../src/counting-clock.ts";
import type { Member } from "../src/member.ts";
import { createScript } from "../src/script.ts";
import { isLong, replayable } from "../src/seeds.ts";
import { disturb, settle } from "../src/storm.ts";
import { sleep, until } from "../src/until.ts";
import { verdict } from "../src/verdict.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const STEPS = 150;

const isIn = ({ room, userId }: Member): boolean =>
  room.members.get().some((member) => member.userId === userId);

/** Ends all trouble, sees to it that everybody is in, and lets them resume once more. */
async function calmDown({ members }: World): Promise<void> {
  const instead = (): unknown => members.map((each) => [each.userId, isIn(each), each.errors.at(-1)?.code]);
  members.forEach(settle);
  await resume(members);
  for (const member of members) {
    const comeBack = async (): Promise<boolean> => {
      if (!isIn(member)) await (await member.room.join()).settled().catch(() => {});
      return isIn(member);
    };
    await until("everybody back in", comeBack, { instead });
  }
  await resume(members);
}

async function resume(members: readonly Member[]): Promise<void> {
  for (const { client } of members) client.disconnect();
  await Promise.all(members.map(({ client }) => client.connect()));
}

describe(
  "three people and a real server, whatever happens between",
  { timeout: isLong ? 120_000 : 60_000 },
  () => {
    it.each(replayable([1, 2, 3], 50))(
      "[D1, D2, D3, D4, D5, D6, D7, D9] everybody sees the server's history in the end (seed %i)",
      async (seed) => {
        const random = seededRandom(seed);
        const clock = countingClock();
        world = await createWorld({ kind: "community", member: { clock } });
        const script = createScript(random);
        for (let step = 0; step < STEPS; step += 1) {
          script.step(world.members);
          if (isLikely(random, 0.15)) disturb(world.members, random);
          if (isLikely(random, 0.5)) await sleep(anyOf(random, 40));
        }
        await calmDown(world);
        expect(await world.verify(40_000)).toEqual([]);
        const { members, history } = world;
        // Marks of having read go by themselves, a moment after everything else.
        const judge = async (): Promise<readonly string[]> => verdict(members, script, await history());
        await until("all in order", async () => (await judge()).length === 0, { timeoutMs: 3_000 }).catch(
          () => {},
        );
        expect(await judge()).toEqual([]);
        await Promise.all(world.members.map(({ client }) => client.close()));
        expect(clock.timers).toBe(0);
        expect(world.members.map(({ link }) => link.openLinks)).toEqual([0, 0, 0]);
        await until("every socket closed", () => members.every(({ tap }) => tap.openSockets === 0));
      },
    );
  },
);
