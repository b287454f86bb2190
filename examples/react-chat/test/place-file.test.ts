import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { placeFile } from "../demo/place-file.ts";

it("puts a file where nothing is, or where it is already, whole whenever it is read, and however many do so at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-place-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const content = "x".repeat(1_000_000);
  writeFileSync(join(folder, "from"), content);
  const to = join(folder, "new", "deeper", "to");
  for (let round = 0; round < 5; round += 1) {
    const placing = Array.from({ length: 20 }, async () => {
      await placeFile(join(folder, "from"), to);
      return readFileSync(to, "utf8") === content;
    });
    expect(new Set(await Promise.all(placing))).toEqual(new Set([true]));
  }
  expect(readdirSync(join(folder, "new", "deeper"))).toEqual(["to"]);
});
