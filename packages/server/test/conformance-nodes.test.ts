import { backendConformance } from "@tidings/core/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { WebSocket } from "ws";
import { createServer, type TidingsServer } from "../src/index.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { hasRedis, type RedisService, startRedis } from "../src/testing/redis.ts";
import { secret } from "./support/server-process.ts";

/** Every link goes to the next node: whatever the kit does, its people are on both. */
describe.skipIf(!hasPostgres() || !hasRedis())("two nodes on one database", { timeout: 60_000 }, () => {
  let postgres: PostgresService;
  let redis: RedisService;
  let nodes: readonly TidingsServer[] = [];
  let links = 0;
  const next = (): TidingsServer | undefined => nodes[(links += 1) % 2];

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const database = await postgres.database();
    const node = (): Promise<TidingsServer> => createServer({ port: 0, database, redis: redis.url, secret });
    nodes = [await node(), await node()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await Promise.all([postgres.close(), redis.close()]);
  });

  backendConformance({
    ...{ describe, it, WebSocket, report: () => {} },
    name: "@tidings/server, two nodes",
    url: () => next()?.url ?? "",
    token: (userId) => nodes[0]?.issueToken(userId),
    supports: { tokens: true, signals: true, receipts: true },
  });
});
