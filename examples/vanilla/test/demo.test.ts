import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("../demo.ts", import.meta.url));
const node = ["--conditions=source", "--import", "ts-blank-space/register", entry];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the demo; `onOutput` sees all that was printed so far. */
function runDemo(
  args: readonly string[],
  onOutput: (output: string, interrupt: () => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...node, ...args], { stdio: ["ignore", "pipe", "pipe"] });
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

const folderIn = (output: string): string => /database is in (\S+),/.exec(output)?.[1] ?? "";

describe("npm run demo", { timeout: 60_000 }, () => {
  it("shows a first message on its way, and leaves nothing behind", async () => {
    const { code, output } = await runDemo(["--once", "--port", "0"]);
    const steps = [...output.matchAll(/ms {2}(\w+)/g)].map(([, step]) => step);
    expect(steps.filter((step) => step !== "received")).toEqual(["queued", "sending", "sent", "delivered"]);
    expect(steps).toContain("received");
    expect(code).toBe(0);
    expect(folderIn(output)).not.toBe("");
    expect(existsSync(folderIn(output))).toBe(false);
  });

  it("prints a link for each of two people, and ends cleanly when asked to, even twice", async () => {
    const { code, output } = await runDemo(["--port", "0"], (soFar, interrupt) => {
      if (soFar.includes("Ctrl-C ends the demo")) interrupt();
    });
    expect(output).toMatch(/ada {4}http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n {2}grace {2}http/);
    expect(output).toContain("its folder is removed");
    expect(code).toBe(0);
    expect(existsSync(folderIn(output))).toBe(false);
  });

  it("says how it is used, and what is wrong with how it was called", async () => {
    expect((await runDemo(["--help"])).output).toContain("--port <number>");
    const wrong = await runDemo(["--port", "many"]);
    expect(wrong.output).toContain('not "many"');
    expect(wrong.code).toBe(1);
  });
});
