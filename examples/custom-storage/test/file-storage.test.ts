import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type StorageBench, storageConformance } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { type Disk, type DiskFile, fileStorage } from "../file-storage.ts";

/** The real disk, in the hand of the kit: it dies, or it is full. */
function testDisk() {
  let [steps, isFull] = [Infinity, false];
  let died = (): void => {};
  const opened = new Set<DiskFile>();

  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (steps-- > 0) return work();
    for (const handle of opened) await handle.close(); // as the system does for the dead
    opened.clear();
    died();
    return new Promise(() => {}); // the dead hear nothing
  };

  const wrap = (handle: DiskFile): DiskFile => ({
    async writeFile(data) {
      if (isFull && data.length > 1_000)
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      if (steps === 0) await handle.writeFile(data.subarray(0, data.length / 2)); // it dies in the middle
      await step(() => handle.writeFile(data));
    },
    sync: () => step(() => handle.sync()),
    close: () =>
      step(() => {
        opened.delete(handle);
        return handle.close();
      }),
  });

  const disk: Disk = {
    open: (path, flags) =>
      step(async () => {
        const handle = await fs.open(path, flags);
        opened.add(handle);
        return wrap(handle);
      }),
    readFile: (path) => step(() => fs.readFile(path)),
    rename: (from, to) => step(() => fs.rename(from, to)),
  };
  return {
    disk,
    revive: () => void (steps = Infinity),
    crashAfter: (count: number) =>
      new Promise<void>((resolve) => {
        [steps, died] = [count, resolve];
      }),
    setFull: (full: boolean) => void (isFull = full),
  };
}

function createBench(): StorageBench {
  const folder = mkdtempSync(join(tmpdir(), "tidings-file-"));
  const file = join(folder, "ada.tidings");
  const { disk, revive, crashAfter, setFull } = testDisk();
  const setVersion = (version: number): void => {
    const content: object = deserialize(readFileSync(file));
    writeFileSync(file, serialize({ ...content, version }));
  };
  return {
    storage: fileStorage({ file, disk }),
    again() {
      revive();
      return fileStorage({ file, disk });
    },
    crashAfter,
    fill: () => setFull(true),
    free: () => setFull(false),
    outdate: () => setVersion(2),
    update: () => setVersion(1),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe("fileStorage", () => {
  storageConformance({
    ...{ describe, it, name: "fileStorage", create: createBench, report: () => {} },
    supports: { durability: "strict", crashes: true, quota: true, versions: true },
  });

  it("says what is wrong with a file that is none of its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-file-"));
    const file = join(folder, "notes.txt");
    writeFileSync(file, "buy milk");
    await expect(fileStorage({ file }).open()).rejects.toMatchObject({ code: "storage/failed" });
    expect(readFileSync(file, "utf8")).toBe("buy milk");
    rmSync(folder, { recursive: true });
  });
});
