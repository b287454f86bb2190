import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const programs = {
  demo: `import { run } from "./scripts/tasks/demo.mjs"; process.exitCode = await run(process.argv.slice(1));`,
  build: `import { buildApp } from "./scripts/lib/app.mjs"; import { buildScriptTag } from "./scripts/lib/script-tag.mjs";
    process.exitCode = (await buildScriptTag()) || (await buildApp(...process.argv.slice(1)));`,
};

/** Builds the script-tag bundle, and the app with React's own checks on, where they are stale. */
export async function buildForTests(): Promise<void> {
  const { code, output } = await spawnNode(programs.build, ["development"]);
  if (code !== 0) throw new Error(output);
}

/**
 * Runs what `npm run demo` runs, which first builds what is stale.
 *
 * @param onOutput - sees all that was printed so far
 */
export function runDemo(
  args: readonly string[],
  onOutput: (output: string, interrupt: () => void) => void = () => {},
): Promise<Ended> {
  return spawnNode(programs.demo, args, onOutput);
}

function spawnNode(
  program: string,
  args: readonly string[],
  onOutput: (output: string, interrupt: () => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, "--", ...args], {
      cwd: root,
    });
    let output = "";
    const take = (chunk: unknown): void => {
      output += String(chunk);
      onOutput(output, () => void child.kill("SIGINT"));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => resolve({ code, output }));
  });
}
