import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@tidings/core/testing";
import { sqliteStorage } from "@tidings/storage/sqlite";
import Database from "libsql";
import { afterAll, expect, it } from "vitest";

const writer = fileURLToPath(new URL("processes/sqlite-writer.ts", import.meta.url));
/** Where the loader is found. */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIVES = 8;

/** Resolves with what the process has said when it was killed, at some moment after its first write. */
function life(file: string, from: number, random: { next(): number }): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const options = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];
    const child = spawn(process.execPath, [...options, writer, file, String(from)], { cwd: root });
    let said = "";
    let [trouble, isDoomed] = ["", false];
    child.stderr.on("data", (text) => (trouble += String(text)));
    child.stdout.on("data", (text) => {
      said += String(text);
      if (!isDoomed) setTimeout(() => child.kill("SIGKILL"), random.next() * 60);
      isDoomed = true;
    });
    child.on("exit", (_code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`the writer ended by itself: ${trouble}`));
      else resolve(said.split("\n").slice(0, -1).map(Number)); // the last line may be half a number
    });
  });
}

it(
  "[S17, S19] keeps in SQLite whatever a process was told is written, whole, however often it is killed",
  { timeout: 60_000 },
  async () => {
    const file = join(folder, "ada.db");
    const random = seededRandom(1);
    const promised: number[] = [];
    for (let turn = 0; turn < LIVES; turn += 1)
      promised.push(...(await life(file, turn * 1_000_000, random)));
    const storage = sqliteStorage({ database: () => new Database(file) });
    await storage.open();
    const numbersOf = async (side: string): Promise<readonly unknown[]> =>
      (await storage.scan({ prefix: [side] })).map(([, number]) => number);
    const [ones, others] = [await numbersOf("one"), await numbersOf("other")];
    const last = await storage.get(["last"]);
    await storage.close();
    expect(ones).toEqual(others);
    expect(ones.at(-1)).toBeDefined();
    const kept = new Set(ones);
    expect(promised.filter((number) => !kept.has(number))).toEqual([]);
    expect(last).toBe(Math.max(...ones.map(Number)));
    expect(promised.length).toBeGreaterThan(LIVES);
  },
);
