import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const execArgv = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];

/** Starts a program of this example, from its source. */
export function start(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess {
  const file = fileURLToPath(new URL(`../${program}`, import.meta.url));
  return fork(file, [...args], { cwd: root, execArgv, silent: true, env: { ...process.env, ...env } });
}

/** Ends a program at once: no farewell, nothing flushed. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** Resolves with the first line of its output that has this word in it. */
export function says(child: ChildProcess, word: string): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: unknown) => {
      output += String(chunk);
      const line = output.split("\n").find((each) => each.includes(word));
      if (line !== undefined) resolve(line);
    });
    child.once("exit", () => reject(new Error(`the program ended; it said ${output}`)));
  });
}
