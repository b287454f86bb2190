import { seededRandom } from "@tidings/core/testing";
import type { Direction } from "@tidings/server/testing";
import { afterEach, describe, expect, it } from "vitest";
import { anyOf, isLikely, pick } from "../src/chance.ts";
import type { Member } from "../src/member.ts";
import { replayable } from "../src/seeds.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const DROPS = 50;
const PER_DROP = 20;
const directions: readonly Direction[] = ["up", "down"];

describe("a thousand rapid messages", { timeout: 60_000 }, () => {
  it.each(replayable([1]))(
    "[D1, D2, D3, D7] while the link drops fifty times: each once, in order, at three members and the server (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      world = await createWorld();
      const ada = world.member(0);
      const texts: string[] = [];
      let cuts = 0;

      /** Cuts a link after some more bytes, mostly in mid-frame, or at once. */
      const drop = ({ proxy }: Member): void => {
        if (isLikely(random, 0.2)) proxy.reset();
        else proxy.cutAfter(1 + anyOf(random, 3_000), pick(random, directions) ?? "up");
      };

      for (let round = 0; round < DROPS; round += 1) {
        await until("ada online", () => ada.client.connection.get().name === "online");
        const { attempts } = ada.proxy;
        drop(ada);
        for (const other of world.members.slice(1)) if (isLikely(random, 0.3)) drop(other);
        for (let count = 0; count < PER_DROP; count += 1) {
          const text = `message ${texts.length}`;
          texts.push(text);
          await ada.room.send(text);
        }
        // What is answered in time may be less than the bytes waited for.
        const isOut = (): boolean => ada.client.outbox.get().waiting > 0 && ada.proxy.attempts === attempts;
        await until("the link dropped", () => !isOut());
        if (ada.proxy.attempts === attempts) ada.proxy.reset();
        await until("the link is lost", () => ada.proxy.attempts > attempts);
        cuts += 1;
      }
      for (const { proxy } of world.members) proxy.heal();

      expect(cuts).toBe(DROPS);
      expect(await world.verify()).toEqual([]);
      const { messages } = await world.history();
      expect(messages.map(textOf)).toEqual(texts);
      expect(messages.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index + 1));
      for (const { room } of world.members) expect(textsOf(room)).toEqual(texts);
    },
  );
});
