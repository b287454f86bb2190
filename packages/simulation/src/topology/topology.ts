import type { LoadMember, LoadRun, Usage } from "@tidings/load";
import { recalledIn, usageOfProcess } from "@tidings/load";
import {
  hasNginx,
  hasPostgres,
  hasRedis,
  type NginxService,
  type PostgresService,
  type RedisService,
  startNginx,
  startPostgres,
  startRedis,
} from "@tidings/server/testing";
import { token } from "../backend.ts";
import { buildNode, NodeProcess } from "./node-process.ts";
import { nginxFiles, postgresSettings, redisSettings } from "./shipped.ts";

/** What `deploy/compose.yaml` describes, as processes of this machine: nginx, two nodes, PostgreSQL, Redis. */
export interface Topology {
  /** Where clients connect: at nginx. */
  readonly url: string;
  readonly nodes: readonly [NodeProcess, NodeProcess];
  readonly postgres: PostgresService;
  readonly redis: RedisService;
  readonly nginx: NginxService;
  usage(): Promise<readonly (Usage | undefined)[]>;
  close(): Promise<void>;
}

/** Is everything here that it takes? */
export function hasTopology(): boolean {
  return hasNginx() && hasPostgres() && hasRedis();
}

/** @param settings - of PostgreSQL, beside those that are shipped. */
export async function startTopology(settings: Readonly<Record<string, string>> = {}): Promise<Topology> {
  const [postgres, redis] = await Promise.all([
    startPostgres({ settings: { ...postgresSettings(), shared_buffers: "128MB", ...settings } }),
    startRedis({ settings: redisSettings() }),
    buildNode(),
  ]);
  const options = { database: await postgres.database(), redis: redis.url };
  const nodes = [await NodeProcess.create(options), await NodeProcess.create(options)] as const;
  const ports = [nodes[0].port, nodes[1].port] as const;
  const [nginx] = await Promise.all([
    startNginx({ configure: (place) => nginxFiles(place, ports) }),
    ...nodes.map((node) => node.start()),
  ]);
  return {
    ...{ nodes, postgres, redis, nginx },
    url: `ws://127.0.0.1:${nginx.port}`,
    usage: () => Promise.all(nodes.map((node, index) => usageOf(`node ${index + 1}`, node))),
    async close() {
      await Promise.all(nodes.map((node) => node.kill()));
      await Promise.all([nginx.close(), postgres.close(), redis.close()]);
    },
  };
}

async function usageOf(name: string, node: NodeProcess): Promise<Usage | undefined> {
  const used = await usageOfProcess(name, node.pid ?? 0);
  return used && { ...used, recalled: recalledIn(await node.metrics()) };
}

export async function memberOf(index: number): Promise<LoadMember> {
  const userId = `person-${index}`;
  return { userId, token: await token(userId) };
}

/** Everything that happens to such a system one day, one after the other. */
export async function disturbAll({ nodes, postgres, redis }: Topology, run: LoadRun): Promise<void> {
  await run.disturb("a node is killed", async () => {
    await nodes[0].kill();
    await nodes[0].start();
  });
  await run.disturb("the other node is killed", async () => {
    await nodes[1].kill();
    await nodes[1].start();
  });
  await run.disturb("PostgreSQL restarts", async () => {
    await postgres.stop();
    await postgres.start();
  });
  await run.disturb("Redis restarts", async () => {
    await redis.stop();
    await redis.start();
  });
  await run.disturb("both nodes restart, one after the other", async () => {
    for (const node of nodes) {
      await node.stop();
      await node.start();
    }
  });
}
