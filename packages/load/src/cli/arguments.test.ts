import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueToken } from "@tidings/server";
import { afterAll, describe, expect, it } from "vitest";
import { Misused, readArguments } from "./arguments.ts";

const secret = "only-for-tests-of-32-bytes-or-more";
const environment = { TIDINGS_SECRET: secret };
const folder = mkdtempSync(join(tmpdir(), "tidings-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the command line of tidings-load", () => {
  it("has a default for everything but the secret", async () => {
    const invocation = await readArguments([], environment);
    if (invocation.command !== "load") throw new Error(invocation.command);
    const { load, report, stormAt } = invocation;
    expect(load).toMatchObject({ url: "ws://127.0.0.1:8787", clients: 100, rooms: 10, perSecond: 100 });
    expect([report, stormAt]).toEqual(["load-report.html", undefined]);
    expect(await load.member(7)).toMatchObject({ userId: "load-7" });
  });

  it("takes a share of what servers are to have in memory in percent", async () => {
    const invocation = await readArguments(["--recalled", "90"], environment);
    expect(invocation).toMatchObject({ load: { leastRecalled: 0.9 } });
  });

  it("takes tokens from a file, and whom they are for from them", async () => {
    const file = join(folder, "tokens");
    writeFileSync(file, `${await issueToken({ secret, userId: "ada" })}\n`);
    const invocation = await readArguments(["--tokens", file, "--clients", "1"], {});
    if (invocation.command !== "load") throw new Error(invocation.command);
    expect(await invocation.load.member(0)).toMatchObject({ userId: "ada" });
    await expect(readArguments(["--tokens", file, "--clients", "2"], {})).rejects.toThrow("has 1 tokens");
    writeFileSync(file, "nonsense\n");
    await expect(readArguments(["--tokens", file, "--clients", "1"], {})).rejects.toThrow("no JWT");
  });

  it.each([
    { words: [], says: "set TIDINGS_SECRET", given: {} },
    { words: ["nowhere"], says: "is not an address", given: environment },
    { words: ["--rate", "fast"], says: "--rate must be a number", given: environment },
    { words: ["--frobnicate"], says: "frobnicate", given: environment },
  ])("refuses $words: $says", async ({ words, says, given }) => {
    const reading = readArguments(words, given);
    await expect(reading).rejects.toThrow(says);
    await expect(reading).rejects.toBeInstanceOf(Misused);
  });
});
