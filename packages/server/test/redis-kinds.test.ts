import { describe, expect, it } from "vitest";
import { connect, type Connection } from "../src/bus/redis/redis-link.ts";
import { createSharedRates } from "../src/bus/redis/shared-rates.ts";
import { Speaker } from "../src/bus/redis/speaker.ts";
import { systemClock } from "../src/gateway/system-clock.ts";
import { hasRedis, startRedis } from "../src/testing/redis.ts";

describe.skipIf(!hasRedis())("a Redis", { timeout: 30_000 }, () => {
  it.each(["single", "cluster", "sentinel"] as const)(
    "that is %s carries what is said, and counts",
    async (mode) => {
      const service = await startRedis({ mode });
      const failures: unknown[] = [];
      const open = async (): Promise<Connection> => {
        const connection = connect({ url: service.url, onFailure: (error) => failures.push(error) });
        if (connection.status !== "ready")
          await new Promise<void>((resolve) => void connection.once("ready", resolve));
        return connection;
      };
      const [connection, listener] = [await open(), await open()];
      const onFailure = (error: unknown): void => void failures.push(error);
      const speaker = new Speaker({ connection, clock: systemClock, onFailure });
      const heard = new Promise((resolve) => {
        listener.on("message", (channel: string, text: string) => resolve([channel, text]));
      });
      await listener.subscribe("channel");
      await speaker.ask(() => connection.publish("channel", "hello"));
      expect(await heard).toEqual(["channel", "hello"]);

      const rates = createSharedRates({
        speaker,
        rates: [
          { name: "minute", scope: "conversation", tokens: 1, perMs: 60_000, burst: 2 },
          { name: "hour", scope: "user", tokens: 1, perMs: 600_000, burst: 3 },
        ],
        prefix: "test",
        onFailure,
      });
      const take = async (userId: string, conversationId: string): Promise<number | undefined> =>
        (await rates.take([{ userId, conversationId, perMinute: undefined, factor: 1 }]))?.[0];
      for (const userId of ["ada", "}{"]) {
        expect([await take(userId, "a"), await take(userId, "a")]).toEqual([0, 0]);
        expect(await take(userId, "a")).toBeGreaterThan(50_000);
        expect(await take(userId, "b")).toBe(0);
        expect(await take(userId, "b")).toBeGreaterThan(500_000);
        rates.giveBack([{ userId, conversationId: "b", perMinute: undefined, factor: 1 }]);
        await expect.poll(() => take(userId, "b")).toBe(0);
      }
      expect(failures).toEqual([]);
      speaker.close();
      listener.disconnect();
      await service.close();
    },
  );
});
