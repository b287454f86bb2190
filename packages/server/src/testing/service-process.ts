import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

/** Somebody other than root: PostgreSQL refuses to run as root. Undefined where we are not root ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export function lesserAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = accounts.find(([account]) => account === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("unable to start the service; there is no account but root's");
}

/** A new folder that `account` may write to. */
export function temporaryFolder(account: Account | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "tidings-"));
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new Error("unable to find a port");
  return address.port;
}

/**
 * Starts the command behind a shell that ends it when our end of its input closes: also when we are killed. PostgreSQL
 * ends at once on QUIT; what else a shell has started in the background ignores that signal, and ends on TERM; what is frozen
 * hears of neither before it goes on.
 */
const UNTIL_INPUT_ENDS = `"$@" & child=$!; echo $child; cat >/dev/null; for signal in QUIT TERM CONT; do kill -$signal $child 2>/dev/null; done; wait $child`;

/** Characters of output that are kept. */
const MOST_OUTPUT = 8_000_000;

/** A service of the machine, run for tests: it ends with this process, however that ends. */
export class ServiceProcess {
  readonly #shell: ChildProcess;
  readonly #pid: Promise<number>;
  /** The service itself first. */
  #frozen: readonly number[] = [];
  #output = "";

  constructor(command: string, args: readonly string[], account: Account | undefined) {
    this.#shell = spawn("/bin/sh", ["-c", UNTIL_INPUT_ENDS, "sh", command, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
      ...account,
    });
    this.#shell.stdin?.on("error", () => {});
    this.#pid = new Promise((resolve) => {
      this.#shell.stdout?.once("data", (data: Buffer) => resolve(Number.parseInt(data.toString(), 10)));
    });
    const note = (data: Buffer): void =>
      void (this.#output = (this.#output + data.toString()).slice(-MOST_OUTPUT));
    this.#shell.stdout?.on("data", note);
    this.#shell.stderr?.on("data", note);
  }

  /** The last it said. */
  get output(): string {
    return this.#output;
  }

  /** Waits until `isReady` answers true. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (await isReady().catch(() => false)) return;
      await wait(50);
    }
    throw new Error(`unable to start the service; ${this.#output.slice(-2_000)}`);
  }

  /** It hangs, with all that it has started: nothing closes, nothing is answered. */
  async freeze(): Promise<void> {
    const pid = await this.#pid;
    process.kill(pid, "SIGSTOP"); // It starts no more.
    this.#frozen = [pid, ...(await childrenOf(pid))];
    for (const child of this.#frozen.slice(1)) process.kill(child, "SIGSTOP");
  }

  /** It goes on where it was. */
  thaw(): void {
    for (const pid of this.#frozen.toReversed()) process.kill(pid, "SIGCONT");
    this.#frozen = [];
  }

  /** Sends the service a signal, and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.thaw();
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const closed = once(this.#shell, "close");
    try {
      process.kill(await this.#pid, signal);
    } catch {
      // It has ended by itself.
    }
    this.#shell.stdin?.end();
    await closed;
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}
