import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis } from "../../src/bus/redis/redis-bus.ts";
import { systemClock } from "../../src/gateway/system-clock.ts";
import { createVapidKeys, type TidingsServer } from "../../src/index.ts";
import { hasRedis, type RedisService, startRedis } from "../../src/testing/redis.ts";
import { call } from "../support/api.ts";
import { join, message } from "../support/raw-client.ts";
import { type PushServiceHere, startPushService } from "../support/push-service.ts";
import { start } from "../support/start.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const vapid = { ...createVapidKeys(), subject: "mailto:ops@example.com" };

describe.skipIf(!hasRedis())("two nodes that push", { timeout: 30_000 }, () => {
  let service: PushServiceHere;
  let redis: RedisService;
  beforeAll(async () => {
    [service, redis] = await Promise.all([startPushService(), startRedis()]);
  }, 30_000);
  afterAll(() => Promise.all([service.close(), redis.close()]));

  const open = async (): Promise<readonly [TidingsServer, TidingsServer]> => {
    const dataFile = temporaryFile("nodes.db");
    const bus = () => openRedis({ url: redis.url, clock: systemClock, onFailure: () => {} }).bus;
    const options = {
      ...{ dataFile, secret: "s".repeat(32) },
      // So long that by then each has heard that there is another.
      push: { graceMs: 1_500, vapid: { ...vapid, origins: [service.origin], addresses: ["127.0.0.1"] } },
    };
    return [await start({ ...options, bus: bus() }), await start({ ...options, bus: bus() })];
  };

  const phone = async (server: TidingsServer, userId: string): Promise<void> => {
    const body = { ...service.subscription(userId), expirationTime: null };
    const token = await server.issueToken(userId);
    expect((await call(server, `PUT /v1/push/devices/phone-${userId}`, { token, body })).status).toBe(204);
  };

  const toldTo = (userId: string): unknown[] =>
    service.pushed.filter(({ deviceId }) => deviceId === userId).map(({ payload }) => Object(payload).text);

  it("push nothing to whoever looks at the conversation on the other, and push once they look away (row F12)", async () => {
    const [one, other] = await open();
    const [ada, bob] = [await join(one, "ada"), await join(other, "bob")];
    (await join(one, "eve")).socket.close();
    for (const userId of ["bob", "eve"]) await phone(one, userId);
    const look = async (...conversationIds: string[]): Promise<void> => {
      bob.send({ type: "signal", signal: { type: "watch", conversationIds } });
      await bob.query({ type: "conversations", limit: 1 }); // by then it was heard
    };
    await look("general");
    await ada.accepted(message("general", "you see me"));
    await expect.poll(() => toldTo("eve"), { timeout: 10_000 }).toEqual(["you see me"]);
    await look();
    await ada.accepted(message("general", "now you do not"));
    await expect.poll(() => toldTo("bob"), { timeout: 10_000 }).toEqual(["now you do not"]);
    expect(service.faults).toEqual([]);
  });
});
