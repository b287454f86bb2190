import type { Storage } from "@tidings/core";
import { clearDevice, exportDevice } from "@tidings/core/device";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { sqliteStorage } from "@tidings/storage/sqlite";
import "fake-indexeddb/auto";
import Database from "libsql";
import { describe, expect, it } from "vitest";

const makers: readonly (readonly [string, () => Storage])[] = [
  ["indexedDbStorage", () => indexedDbStorage({ name: "device" })],
  ["sqliteStorage", () => sqliteStorage({ database: () => new Database(":memory:") })],
];

describe.each(makers)("a device with %s", (_name, make) => {
  it("exports a file that waits before it clears it, as uploads have put it there", async () => {
    const storage = make();
    await storage.open();
    const bytes = Uint8Array.from({ length: 40_000 }, (_, index) => index % 256);
    const upload = {
      ...{ fileId: "f", conversationId: "general", name: "a.bin", size: bytes.length, createdAt: 1 },
      ...{ mediaType: "application/octet-stream", phase: "waiting", sent: new Map() },
    };
    await storage.write([
      { type: "put", key: ["upload", "ada", "f"], value: upload },
      { type: "put", key: ["upload-bytes", "ada", "f", "00000000"], value: bytes.slice(0, 30_000).buffer },
      { type: "put", key: ["upload-bytes", "ada", "f", "00000001"], value: bytes.slice(30_000).buffer },
    ]);
    let text = "";
    for await (const lines of exportDevice(storage, "ada")) text += lines;
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(["header", "bytes", "bytes", "file", "end"]);
    const told = lines.slice(1, 3).map(({ data }) => Buffer.from(data, "base64"));
    expect(Buffer.concat(told).equals(Buffer.from(bytes))).toBe(true);
    expect(lines[3]).toMatchObject({ fileId: "f", name: "a.bin", size: 40_000, state: "waiting" });
    expect(await clearDevice(storage, "ada")).toBe(3);
    await storage.close();
  });
});
