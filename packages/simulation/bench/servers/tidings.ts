import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultPolicy } from "@tidings/core/protocol";
import { createServer, letHeapDouble } from "@tidings/server";
import { announce } from "../lib/serve.ts";

/**
 * The reference server as it is deployed: told nothing, in its embedded form (SQLite file, WAL, synchronous FULL), else
 * with the PostgreSQL and the Redis at these addresses; it measures itself if told `--metrics`. Only limits are lifted: no rates, no flood guard, as many
 * invitations as a room has members.
 */
letHeapDouble();
const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const METRICS = "--metrics";
const [secret = "", database, redis] = process.argv.slice(2).filter((word) => word !== METRICS);
const unlimited = 1_000_000;
const server = await createServer({
  port: 0,
  ...(process.argv.includes(METRICS) && { metricsPort: 0 }),
  ...(database === undefined ? { dataFile: join(folder, "bench.db") } : { database, redis }),
  secret,
  lobbies: [],
  policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, invitations: 1_000 } },
  bounds: {
    connections: unlimited,
    connectionsPerAddress: unlimited,
    framesPerSecond: unlimited,
    frameBurst: unlimited,
  },
});
const { metricsUrl } = server;
announce({ port: server.port }, () => ({
  ...(metricsUrl !== undefined && { metricsPort: Number(new URL(metricsUrl).port) }),
}));
