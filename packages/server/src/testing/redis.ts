import { existsSync } from "node:fs";
import { Redis } from "ioredis";
import { freePort, lesserAccount, removeFolder, ServiceProcess, temporaryFolder } from "./service-process.ts";

/** A real Redis on a free port, in memory only. It ends with this process, however that ends. */
export interface RedisService {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Again, after `stop`, empty, on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Is there a Redis for `startRedis` on this machine? */
export function hasRedis(program: string | undefined = process.env["TIDINGS_REDIS_SERVER"]): boolean {
  return program !== undefined && existsSync(program);
}

/**
 * @param program - path of `redis-server`. Default `TIDINGS_REDIS_SERVER`.
 * @throws {Error} if there is none, or it does not start.
 */
export async function startRedis(
  program: string = process.env["TIDINGS_REDIS_SERVER"] ?? "",
): Promise<RedisService> {
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  let running: ServiceProcess | undefined;
  const start = async (): Promise<void> => {
    if (running) return;
    running = new ServiceProcess(program, args, account);
    await running.ready(() => ping(url));
  };
  const stop = async (): Promise<void> => {
    await running?.end("SIGKILL");
    running = undefined;
  };
  await start();
  return {
    url,
    port,
    stop,
    start,
    async close() {
      await stop();
      removeFolder(folder);
    },
  };
}

async function ping(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } finally {
    redis.disconnect();
  }
}
