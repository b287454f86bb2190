import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BENCH_SECRET } from "./tidings-link.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** Resident memory in bytes, after a garbage collection. */
  memory(): Promise<number>;
  /** One of the figures it tells: `rss` in bytes, `cpuMs`, and those of its own. */
  figure(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `servers/<name>.ts` with `words`; it tells its port over the channel once it listens. */
export async function startServer(name: string, words: readonly string[] = []): Promise<ServerProcess> {
  const script = fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url));
  const child = fork(script, [BENCH_SECRET, ...words], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: process.execArgv,
  });
  const next = (): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      child.once("message", (message) => resolve(Object(message)));
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
    });
  const hello = await next();
  const figure = async (name: string): Promise<number> => {
    const answer = next();
    child.send("figures");
    return Number((await answer)[name]);
  };
  return {
    port: Number(hello["port"]),
    memory: () => figure("rss"),
    figure,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit").once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}
