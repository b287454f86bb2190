import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("a conformance kit runs with node:test, too, and prints its report", { timeout: 60_000 }, async () => {
  const file = fileURLToPath(new URL("./node-runner.ts", import.meta.url));
  const flags = ["--conditions=source", "--import", "ts-blank-space/register"];
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--test", file], { env });
  expect(stdout).toMatch(/^. fail 0$/m);
  expect(stdout).toMatch(/^. pass (2\d)$/m);
  expect(stdout).toContain("the contract of a transport, kept by transport: 24 of 24");
  expect(stdout).toContain("| T18 | says what it supports | yes |");
});
