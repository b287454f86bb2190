import { chownSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, lesserAccount, removeFolder, ServiceProcess, temporaryFolder } from "./service-process.ts";

/** A real Redis on a free port, in memory only. It ends with this process, however that ends. */
export interface RedisService {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Again, after `stop`, empty, on the same port. */
  start(): Promise<void>;
  /** It hangs until `thaw`: nothing is answered, and no connection closes. */
  freeze(): Promise<void>;
  thaw(): void;
  close(): Promise<void>;
}

/** Is there a Redis for `startRedis` on this machine? */
export function hasRedis(program: string | undefined = process.env["TIDINGS_REDIS_SERVER"]): boolean {
  return program !== undefined && existsSync(program);
}

export interface RedisServiceOptions {
  /** Path of `redis-server`. Default `TIDINGS_REDIS_SERVER`. */
  readonly program?: string;
  /** Default a single one; a cluster of one node, or one behind a sentinel of the name `tidings`. */
  readonly mode?: "single" | "cluster" | "sentinel";
  /** What it is told beside, as words of a command line: `["--maxmemory", "2gb"]`. */
  readonly settings?: readonly string[];
}

/**
 * @throws {Error} if there is none, or it does not start.
 */
export async function startRedis(options: RedisServiceOptions = {}): Promise<RedisService> {
  const { program = process.env["TIDINGS_REDIS_SERVER"] ?? "", mode = "single", settings = [] } = options;
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  const port = await freePort();
  const own = [...settings, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  // Alone it does not know its address; and its second port, left to itself, might be beyond the last there is.
  const address = ["--cluster-announce-ip", "127.0.0.1", "--cluster-port", String(await freePort())];
  const cluster = ["--cluster-enabled", "yes", ...address];
  let running: ServiceProcess[] = [];
  const run = async (args: readonly string[], at: number, first: readonly string[]): Promise<void> => {
    const service = new ServiceProcess(program, args, account);
    running.push(service);
    await service.ready(async () => (await askRedis(at, first)) !== undefined);
  };
  const sentinelPort = mode === "sentinel" ? await freePort() : 0;
  const start = async (): Promise<void> => {
    if (running.length > 0) return;
    if (mode !== "cluster") await run(own, port, ["PING"]);
    else await run([...own, ...cluster], port, ["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    if (mode !== "sentinel") return;
    const file = join(folder, "sentinel.conf");
    writeFileSync(file, `port ${sentinelPort}\nsentinel monitor tidings 127.0.0.1 ${port} 1\n`);
    if (account) chownSync(file, account.uid, account.gid);
    await run([file, "--sentinel"], sentinelPort, ["PING"]);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.end("SIGKILL")));
    running = [];
  };
  await start();
  return {
    url: {
      single: `redis://127.0.0.1:${port}`,
      cluster: `redis+cluster://127.0.0.1:${port}`,
      sentinel: `redis+sentinel://127.0.0.1:${sentinelPort}/tidings`,
    }[mode],
    port,
    stop,
    start,
    freeze: async () => void (await Promise.all(running.map((service) => service.freeze()))),
    thaw: () => running.forEach((service) => service.thaw()),
    async close() {
      await stop();
      removeFolder(folder);
    },
  };
}

/** Asks one server of this machine. @throws {Error} if it does not answer, or refuses */
export async function askRedis(port: number, [command = "", ...words]: readonly string[]): Promise<unknown> {
  const { Redis } = await import("ioredis");
  const redis = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: null });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return await redis.call(command, ...words);
  } finally {
    redis.disconnect();
  }
}
