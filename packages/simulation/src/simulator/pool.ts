import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BatchOrder, BatchResult } from "./batch.ts";

/** Processes that run seeds side by side. */
export interface Pool {
  readonly size: number;
  /** Waits for a free worker, if need be. */
  run(order: BatchOrder, stopsAtFirst?: boolean): Promise<BatchResult>;
  close(): void;
}

const script = fileURLToPath(new URL("worker.ts", import.meta.url));
const hook = new URL("mutation-hook.mjs", import.meta.url).href;
/** Where the loader is found. */
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const YOUNG_MEGABYTES = 64; // most of what a seed makes is dead a moment later

/** @param mutation - name of a deliberate defect that the workers' sources get. */
export function startPool(size: number, mutation?: string): Pool {
  const execArgv = [
    ...["--conditions=source", `--max-semi-space-size=${YOUNG_MEGABYTES}`],
    ...["--import", "./scripts/typescript/register.mjs"],
    ...(mutation === undefined ? [] : ["--import", hook]),
  ];
  const env = { ...process.env, ...(mutation !== undefined && { TIDINGS_MUTATION: mutation }) };
  const workers = Array.from({ length: size }, () => fork(script, [], { cwd: root, execArgv, env }));
  const idle = [...workers];
  const waiting: ((worker: ChildProcess) => void)[] = [];

  const take = (): Promise<ChildProcess> => {
    const worker = idle.pop();
    return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve));
  };

  return {
    size,
    async run(order, stopsAtFirst = false) {
      const worker = await take();
      worker.send({ ...order, stopsAtFirst });
      const result = await answerOf(worker, order);
      const next = waiting.shift();
      if (next) next(worker);
      else idle.push(worker);
      return result;
    },
    close() {
      for (const worker of workers) worker.kill();
    },
  };
}

function answerOf(worker: ChildProcess, { from, count }: BatchOrder): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    const died = (): void => reject(new Error(`a worker died on seeds ${from} to ${from + count - 1}`));
    worker.once("exit", died);
    worker.once("message", (message) => {
      worker.off("exit", died);
      resolve(Object(message));
    });
  });
}
