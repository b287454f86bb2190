import type { PresenceStatus } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { hasRedis, type RedisService, startRedis } from "../src/testing/redis.ts";
import type { RawClient } from "./support/raw-client.ts";
import { ServerProcess } from "./support/server-process.ts";

describe.skipIf(!hasPostgres() || !hasRedis())("a node killed with SIGKILL", { timeout: 120_000 }, () => {
  let postgres: PostgresService;
  let redis: RedisService;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, 60_000);
  afterAll(() => Promise.all([postgres.close(), redis.close()]));

  it("leaves nobody online behind: others show its people as offline, and as online once they are back", async () => {
    const database = await postgres.database();
    const [doomed, other] = await Promise.all([
      ServerProcess.node(database, redis.url),
      ServerProcess.node(database, redis.url),
    ]);
    const [ada, cy, bob] = [await doomed.join("ada"), await other.join("cy"), await other.join("bob")];
    const participants = [{ userId: "bob" }, { userId: "cy" }];
    await ada.accepted({ type: "conversation.create", conversationId: "a", kind: "group", participants });
    await bob.find("change");
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
    await shown(bob, "ada", "online");
    await shown(bob, "cy", "online");
    await doomed.kill();
    await shown(bob, "ada", "offline");
    const again = await ServerProcess.node(database, redis.url);
    await again.join("ada");
    await shown(bob, "ada", "online");
    // Who was on the other all the time was never said to be gone.
    expect(statusesOf(bob, "cy")).toEqual(["online"]);
    cy.socket.close();
    await Promise.all([again.kill(), other.kill()]);
  });
});

function statusesOf(client: RawClient, userId: string): readonly PresenceStatus[] {
  return client
    .all("signal")
    .flatMap(({ signal }) => (signal.type === "presence" && signal.userId === userId ? [signal.status] : []));
}

function shown(client: RawClient, userId: string, status: PresenceStatus): Promise<void> {
  return vi.waitFor(() => expect(statusesOf(client, userId).at(-1)).toBe(status), {
    ...{ timeout: 60_000, interval: 50 },
  });
}
