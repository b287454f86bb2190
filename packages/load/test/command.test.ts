import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer, type TidingsServer } from "@tidings/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const secret = "only-for-tests-of-32-bytes-or-more";
const root = fileURLToPath(new URL("../../..", import.meta.url));
const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings-load-"));

interface Run {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(words: readonly string[], givenSecret: string = secret): Run {
  const command = ["--conditions=source", "--import", "./scripts/typescript/register.mjs", cli, ...words];
  const env = { PATH: process.env["PATH"], TIDINGS_SECRET: givenSecret };
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (output += data.toString()));
  return { child, output: () => output, ended: once(child, "close").then(() => child.exitCode) };
}

describe("tidings-load", { timeout: 60_000 }, () => {
  let server: TidingsServer;
  beforeAll(async () => {
    server = await createServer({ port: 0, secret });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it("shows a line a second, has everybody reconnect, and writes a report of what was lost", async () => {
    const report = join(folder, "report.html");
    const load = ["--clients", "20", "--rooms", "4", "--rate", "20", "--seconds", "3", "--storm", "1"];
    const { ended, output } = run([server.url, ...load, "--pid", String(process.pid), "--report", report]);
    expect([await ended, output()]).toEqual([0, expect.any(String)]);
    expect(output()).toMatch(/^ +1 s +20 +\d+ +\d+ .* MB$/m);
    expect(output()).toMatch(/everybody reconnects: recovered after .* back at the first attempt 20,/);
    expect(output()).toContain("lost 0, duplicated 0, reordered 0, skipped 0, unanswered 0");
    const [, said, accepted, delivered] = /said (\d+), accepted (\d+), delivered (\d+)/.exec(output()) ?? [];
    expect(Number(said)).toBeGreaterThanOrEqual(58);
    expect([Number(accepted), Number(delivered)]).toEqual([Number(said), Number(said) * 5]);
    const page = readFileSync(report, "utf8");
    expect(page).toContain("Nothing lost, doubled or out of order");
    expect(page.match(/<svg /g)).toHaveLength(6);
    expect(page.match(/<path class="line/g)?.length).toBeGreaterThanOrEqual(9);
    // Nothing of it is elsewhere.
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  });

  it("ends by Ctrl-C with a report", async () => {
    const report = join(folder, "ended.html");
    const words = ["--clients", "4", "--rooms", "2", "--rate", "10", "--seconds", "600", "--report", report];
    const { child, ended, output } = run([server.url, ...words]);
    await expect.poll(output, { timeout: 30_000 }).toMatch(/^ +1 s/m);
    child.kill("SIGINT");
    expect([await ended, output()]).toEqual([0, expect.any(String)]);
    expect(readFileSync(report, "utf8")).toContain("Nothing lost");
  });

  it("says what is wrong when nobody gets in", async () => {
    const wrong = run([server.url, "--clients", "1"], "another-secret-of-32-bytes-or-more");
    const closed = run(["ws://127.0.0.1:1", "--clients", "1"]);
    const misused = run(["--clients", "many"]);
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toMatch(/^unable to load; .*token/m);
    expect(await misused.ended).toBe(2);
    expect(misused.output()).toContain("--clients must be a number");
    expect(await closed.ended).toBe(1);
    expect(closed.output()).toContain("unable to load; unable to reach the server; connect ECONNREFUSED");
  });
});
