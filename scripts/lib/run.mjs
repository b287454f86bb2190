/** Child processes: a clean environment, signals passed on, exit codes as a shell would give them. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";

/**
 * npm exports its own configuration to scripts as `npm_*`; a nested pnpm would read it as its own and complain or
 * obey. Only what is needed to reach the registry is kept.
 */
const KEPT_NPM_SETTING = /^npm_config_(registry|cafile|https?_proxy|noproxy)$/i;

/** @returns {NodeJS.ProcessEnv} */
function cleanEnvironment() {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([key]) => !/^npm_/i.test(key) || KEPT_NPM_SETTING.test(key)));
}

/** @typedef {{ cwd?: string, env?: Record<string, string>, quiet?: boolean }} RunOptions `quiet` collects the output instead of showing it. */
/** @typedef {{ code: number, output: string }} RunResult */

/**
 * Runs a command to its end. Never rejects: a command that cannot be started answers code 127.
 * @param {string} command @param {string[]} args @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...cleanEnvironment(), ...options.env },
      stdio: options.quiet ? ["ignore", "pipe", "pipe"] : "inherit",
      // npx's launcher is a .cmd file on Windows, which only a shell starts; a shell would split Node's own path.
      shell: process.platform === "win32" && command !== process.execPath,
    });
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    const signals = passSignals(child);
    child.on("error", (error) => {
      signals.stop();
      resolve({ code: 127, output: `${output}unable to start ${command}; ${error.message}\n` });
    });
    child.on("close", (code, signal) => {
      signals.stop();
      const result = { code: code ?? 128 + (signal ? constants.signals[signal] : 0), output };
      // Whoever stops the child means the whole task, not the step it is at.
      if (signals.passed) process.exit(result.code);
      resolve(result);
    });
  });
}

/**
 * Runs a JavaScript file of an installed tool, or of ours, with this very Node.
 * @param {string[]} args @param {RunOptions} [options]
 */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/**
 * Arguments that let Node run the workspace's TypeScript as it stands: types are blanked out, not compiled, so what is
 * measured or killed is the code as written, and sibling packages are read from their sources.
 */
export const TYPESCRIPT = [
  "--conditions=source",
  "--import",
  new URL("../typescript/register.mjs", import.meta.url).href,
];

/**
 * A signal sent to this process alone (as a supervisor does) must reach the child, or it would live on as an orphan.
 * Ctrl-C at a terminal reaches both by itself, and a second copy would read as "at once, without cleaning up".
 * @param {import("node:child_process").ChildProcess} child
 */
function passSignals(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const passing = { passed: false, stop };
  for (const signal of signals) process.on(signal, pass);
  return passing;

  /** @param {NodeJS.Signals} signal */
  function pass(signal) {
    passing.passed = true;
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  }
  function stop() {
    for (const signal of signals) process.off(signal, pass);
  }
}
