import { seededRandom } from "@tidings/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { startAppSyncBackend } from "../src/appsync-backend.ts";
import { anyOf, isLikely } from "../src/chance.ts";
import { createScript } from "../src/script.ts";
import { isLong, replayable } from "../src/seeds.ts";
import { calmDown, disturb } from "../src/storm.ts";
import { sleep, until } from "../src/until.ts";
import { verdict } from "../src/verdict.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

describe("a real server behind AppSync, and a bad network", { timeout: isLong ? 240_000 : 120_000 }, () => {
  it.each(replayable([1], 50))(
    "[D1, D2, D3, D4, D5, D6, D7] everybody sees the server's history in the end (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      world = await createWorld({ kind: "community", backend: await startAppSyncBackend() });
      const script = createScript(random);
      for (let step = 0; step < 60; step += 1) {
        script.step(world.members);
        if (isLikely(random, 0.1)) disturb(world.members, random);
        if (isLikely(random, 0.5)) await sleep(anyOf(random, 40));
      }
      await calmDown(world);
      expect(await world.verify(40_000)).toEqual([]);
      const { members, history } = world;
      const judge = async (): Promise<readonly string[]> => verdict(members, script, await history());
      // Marks of having read go by themselves, a moment after everything else.
      await until("all in order", async () => (await judge()).length === 0, { timeoutMs: 5_000 }).catch(
        () => {},
      );
      expect(await judge()).toEqual([]);
      await Promise.all(members.map(({ client }) => client.close()));
      await until("every socket closed", () => members.every(({ tap }) => tap.openSockets === 0));
    },
  );
});
