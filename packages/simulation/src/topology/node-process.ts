import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@tidings/server/testing";
import { SECRET } from "../backend.ts";
import { until } from "../until.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
/** The command line itself, as a container starts it: in one file, because a node starts often. */
const program = "packages/simulation/dist/topology/server.mjs";

/** Builds what nodes run, from the sources as they stand. */
export async function buildNode(): Promise<void> {
  const words = ["scripts/lib/bundle-program.mjs", "packages/server/src/cli.ts", program];
  await promisify(execFile)(process.execPath, words, { cwd: root });
}

export interface NodeOptions {
  readonly database: string;
  readonly redis: string;
}

/** One server process as it is deployed: configured by its environment, on the same port in every life. */
export class NodeProcess {
  readonly port: number;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(port: number, { database, redis }: NodeOptions) {
    this.port = port;
    this.#environment = {
      TIDINGS_HOST: "127.0.0.1",
      TIDINGS_PORT: String(port),
      TIDINGS_SECRET: SECRET,
      TIDINGS_TRUSTED_PROXIES: "1",
      TIDINGS_CONNECTIONS: "20000",
      TIDINGS_METRICS_PORT: String(port),
      DATABASE_URL: database,
      REDIS_URL: redis,
    };
  }

  static async create(options: NodeOptions): Promise<NodeProcess> {
    return new NodeProcess(await freePort(), options);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it has logged in all its lives. */
  get log(): string {
    return this.#log;
  }

  /** What it has measured in this life, as Prometheus reads it; nothing of one that is away. */
  async metrics(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/metrics`).catch(() => undefined);
    return answer?.ok === true ? answer.text() : "";
  }

  /** Resolves once it is ready for clients. */
  async start(): Promise<void> {
    const env = { PATH: process.env["PATH"], ...this.#environment };
    const child = spawn(process.execPath, [program], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (this.#log += data.toString()));
    const isReady = async (): Promise<boolean> => {
      if (child.exitCode !== null)
        throw new Error(`the node ended with ${child.exitCode}: ${this.#log.slice(-2_000)}`);
      const answer = await fetch(`http://127.0.0.1:${this.port}/health/ready`).catch(() => undefined);
      return answer?.ok === true;
    };
    await until("the node to be ready", isReady, {
      timeoutMs: 120_000,
      instead: () => this.#log.slice(-2_000),
    });
  }

  /** At once, without a moment to prepare. */
  kill(): Promise<number | null> {
    return this.#end("SIGKILL");
  }

  /** As an orchestrator stops it: it drains. @returns its exit code */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}
