import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEvery } from "../../../../scripts/testing/tidying.ts";
import { issueToken } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { temporaryFile } from "./temporary-file.ts";

/** Of every process started here. */
export const secret = "a-secret-for-tests-of-32-bytes-or-so";

const doomed = fileURLToPath(new URL("doomed-server.ts", import.meta.url));
const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const loader = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];
const running = new Set<ChildProcess>();

afterEvery("test", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Runs the command line as it stands, from its sources. */
export function run(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, [...loader, cli, ...words], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Waits for the end of a process. */
export async function finished(child: ChildProcess): Promise<Finished> {
  let output = "";
  let errors = "";
  child.stdout?.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
  await once(child, "close");
  return { code: child.exitCode, signal: child.signalCode, output, errors };
}

/** A log line: pino's, as JSON. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** A server in a process of its own, which can be killed. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  readonly exited: Promise<number | null>;
  url = "";

  private constructor(place: Readonly<Record<string, string>>) {
    const policy = temporaryFile("policy.json");
    writeFileSync(policy, JSON.stringify({ rates: [] }));
    this.child = run(["--port", "0", "--policy", policy], { TIDINGS_SECRET: secret, ...place });
    this.exited = once(this.child, "exit").then(() => this.child.exitCode);
  }

  static start(dataFile: string): Promise<ServerProcess> {
    return ServerProcess.#started({ TIDINGS_DATA: dataFile });
  }

  /** One of several on a PostgreSQL, and on a Redis. */
  static node(database: string, redis?: string): Promise<ServerProcess> {
    return ServerProcess.#started({
      DATABASE_URL: database,
      ...(redis !== undefined && { REDIS_URL: redis }),
    });
  }

  static async #started(place: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = new ServerProcess(place);
    const { stdout, stderr } = server.child;
    if (!stdout || !stderr) throw new Error("no output");
    let errors = "";
    stderr.on("data", (data: Buffer) => (errors += data.toString()));
    await new Promise<void>((resolve, reject) => {
      createInterface(stdout).on("line", (text) => {
        const line: LogLine = JSON.parse(text);
        server.lines.push(line);
        if (line.msg !== "listening") return;
        server.url = String(line["url"]);
        resolve();
      });
      void server.exited.then((code) => reject(new Error(`the server ended with ${code}: ${errors}`)));
    });
    return server;
  }

  join(userId: string): Promise<RawClient> {
    return join(this.url, userId);
  }

  /** Without a moment to prepare. */
  kill(): Promise<number | null> {
    this.child.kill("SIGKILL");
    return this.exited;
  }
}

/** A client of a server started here, welcomed. */
export async function join(url: string, userId: string): Promise<RawClient> {
  const client = await new RawClient(url).opened();
  client.hello(await issueToken({ secret, userId }), userId);
  await client.find("welcome");
  return client;
}

/** A server that makes a commit durable and then answers nobody, so that it can be killed right between the two. */
export interface DoomedServer {
  readonly url: string;
  /** From here on nothing that is committed is answered. */
  arm(): Promise<void>;
  /** Resolves when something has been committed since. */
  committed(): Promise<void>;
  kill(): Promise<void>;
}

export async function startDoomedServer(dataFile: string): Promise<DoomedServer> {
  const child = fork(doomed, [dataFile, secret], { cwd: root, execArgv: loader });
  running.add(child);
  const exited = once(child, "exit").then(() => void running.delete(child));
  const told = async (): Promise<string> => {
    const [message]: unknown[] = await once(child, "message");
    return String(message);
  };
  const url = await Promise.race([told(), exited.then(() => Promise.reject(new Error("the server ended")))]);
  let committed: Promise<string> | undefined;
  return {
    url,
    async arm() {
      const armed = told();
      child.send("arm");
      await armed;
      committed = told();
    },
    committed: async () => void (await committed),
    kill() {
      child.kill("SIGKILL");
      return exited;
    },
  };
}
