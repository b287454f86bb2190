import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Backend, temporaryFolder, token } from "./backend.ts";

/** The real server in a process of its own, which can be killed and started again on the same file and port. */
export interface ServerProcess extends Backend {
  /** Ends it at once: no farewell, nothing flushed. */
  kill(): Promise<void>;
  /** Asks it to stop, as an operating system would; resolves with its exit code. */
  terminate(): Promise<number | null>;
  /** Starts it again. */
  restart(): Promise<void>;
}

const script = fileURLToPath(new URL("serve.ts", import.meta.url));
/** Where the loader is found. */
const root = fileURLToPath(new URL("../../..", import.meta.url));
/** The sources as they stand: what is killed is the code as written. */
const execArgv = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];

export async function startServerProcess(): Promise<ServerProcess> {
  const folder = temporaryFolder();
  // Loading takes longer than everything after it, so the successor has always been loaded before it is needed.
  const load = (): ChildProcess => fork(script, [folder.file], { cwd: root, execArgv });
  let successor = load();
  let port = 0;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = successor;
    successor = load();
    started.send(port);
    const [told]: unknown[] = await Promise.race([once(started, "message"), once(started, "exit")]);
    if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}`);
    port = Number(told);
    return started;
  }

  return {
    get port() {
      return port;
    },
    token,
    kill: async () => void (await end(child, "SIGKILL")),
    terminate: () => end(child, "SIGTERM"),
    async restart() {
      child = await start();
    },
    async close() {
      await Promise.all([end(child, "SIGKILL"), end(successor, "SIGKILL")]);
      folder.remove();
    },
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
  return child.exitCode;
}
