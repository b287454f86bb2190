import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeOut } from "./write-out.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("leaves the whole file for its owner alone, or the one that was there (row D25)", async () => {
  const out = join(folder, "chat.jsonl");
  writeFileSync(out, "before");
  const controller = new AbortController();
  let isEnded = false;
  const endless = async function* (): AsyncGenerator<string> {
    try {
      for (let line = 0; ; line += 1) {
        yield "x".repeat(1_000);
        if (line === 200) controller.abort();
      }
    } finally {
      isEnded = true;
    }
  };
  await expect(writeOut(endless(), out, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect([readdirSync(folder), readFileSync(out, "utf8"), isEnded]).toEqual([["chat.jsonl"], "before", true]);

  const failing = async function* (): AsyncGenerator<string> {
    yield "some";
    throw new Error("the database is away");
  };
  await expect(writeOut(failing(), out, new AbortController().signal)).rejects.toThrow(
    "the database is away",
  );
  expect([readdirSync(folder), readFileSync(out, "utf8")]).toEqual([["chat.jsonl"], "before"]);

  rmSync(out);
  const all = async function* (): AsyncGenerator<string> {
    yield* ["one\n", "two\n"];
  };
  await writeOut(all(), out, new AbortController().signal);
  expect([readFileSync(out, "utf8"), statSync(out).mode & 0o777]).toEqual(["one\ntwo\n", 0o600]);
});

it("writes neither through what stands in the place of its part, nor for whoever may read that", async () => {
  const out = join(folder, "all.jsonl");
  const elsewhere = join(folder, "elsewhere");
  const text = async function* (): AsyncGenerator<string> {
    yield "secret\n";
  };
  symlinkSync(elsewhere, `${out}.part`);
  await writeOut(text(), out, new AbortController().signal);
  expect(existsSync(elsewhere)).toBe(false);
  writeFileSync(`${out}.part`, "of one that was killed, and much longer", { mode: 0o644 });
  await writeOut(text(), out, new AbortController().signal);
  expect([readFileSync(out, "utf8"), statSync(out).mode & 0o777]).toEqual(["secret\n", 0o600]);
});
