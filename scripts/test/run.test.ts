import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { describe, expect, it, vi } from "vitest";
import { run, runNode } from "../lib/run.mjs";

describe("a child process", () => {
  it("gives its code and, when quiet, its output", async () => {
    const result = await runNode(["-e", "console.log(1); console.error(2); process.exit(3)"], {
      quiet: true,
    });
    expect(result).toEqual({ code: 3, output: "1\n2\n" });
  });

  it("that cannot be started gives 127 and says why", async () => {
    const result = await run("no-such-command-here", [], { quiet: true });
    expect(result).toMatchObject({
      code: 127,
      output: expect.stringContaining("unable to start no-such-command-here"),
    });
  });

  it("does not see npm's own settings, but does see the way to the registry", async () => {
    const print = "console.log(process.env.npm_config_loglevel, process.env.npm_config_registry)";
    vi.stubEnv("npm_config_loglevel", "silly");
    vi.stubEnv("npm_config_registry", "http://here");
    const { output } = await runNode(["-e", print], { quiet: true });
    vi.unstubAllEnvs();
    expect(output).toBe("undefined http://here\n");
  });

  it("ends when its parent alone is told to, and the parent with it", async () => {
    const child = `process.stdout.write(String(process.pid)); setInterval(() => {}, 1000);`;
    const parent =
      `import { runNode } from "./scripts/lib/run.mjs";` +
      `await runNode(["-e", ${JSON.stringify(child)}]); console.log("went on");`;
    const running = spawn(process.execPath, ["--input-type=module", "-e", parent]);
    const [pid] = await once(running.stdout, "data");
    let later = "";
    running.stdout.on("data", (chunk) => (later += chunk));
    running.kill("SIGTERM");
    expect(await once(running, "exit")).toEqual([143, null]);
    expect(later).toBe("");
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });
});
