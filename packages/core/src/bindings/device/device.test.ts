import { expect, it } from "vitest";
import { member, world } from "../../../test/client/world.ts";
import { memoryStorage } from "../../memory/storage.ts";
import type { Storage } from "../../ports/storage.ts";
import { createUploadStore, PIECE_BYTES, type StoredUpload } from "../../uploads/store.ts";
import { openNotebook } from "../notebook.ts";
import { openThread } from "../thread.ts";
import { clearDevice, type DeviceProgress, exportDevice } from "./device.ts";

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

async function linesOf(storage: Storage, userId: string): Promise<readonly Line[]> {
  let text = "";
  for await (const some of exportDevice(storage, userId)) text += some;
  return text
    .trimEnd()
    .split("\n")
    .map((line): Line => JSON.parse(line));
}

/** A device of Ada's, on which Ben has signed in later, and what is on it once nobody is. */
async function shared(): Promise<Storage> {
  const here = world();
  const storage = memoryStorage();
  const [ada, room] = await member(here, "ada", { storage });
  const [ben, his] = await member(here, "ben", { storage: memoryStorage() });
  const old = await room.send("what Ada asked");
  await his.send("and what Ben said of it", { threadId: old.id });
  const first = await room.send("what Ada said");
  await his.send("what Ben said");
  openThread(ada, "general", old.id).view.subscribe(() => {});
  openNotebook(ada).bookmarks.subscribe(() => {});
  await openNotebook(ada).bookmark("general", first.id);
  await here.clock.advance(2_000);
  ada.disconnect();
  await room.send("what waits");
  room.draft.set("what is begun");
  room.markRead();
  await here.clock.advance(2_000);
  await Promise.all([ada.close(), ben.close()]);
  const [later, theirs] = await member(here, "ben", { storage });
  await theirs.send("said on Ada's device");
  await here.clock.advance(2_000);
  await later.close();
  return storage;
}

it("[D8] tells what a person said and keeps on a device, and nothing of others (row D25)", async () => {
  const storage = await shared();
  const lines = await linesOf(storage, "ada");
  expect(lines[0]).toMatchObject({
    type: "header",
    format: "tidings",
    scope: { of: "device", userId: "ada" },
  });
  expect(lines.at(-1)).toEqual({ type: "end", lines: lines.length - 1 });
  expect(new Set(lines.slice(1, -1).map(({ type }) => type))).toEqual(
    new Set(["draft", "mark", "message", "note", "waiting"]),
  );
  const text = JSON.stringify(lines);
  for (const words of ["what Ada said", "what waits", "what is begun", "bookmark"])
    expect(text).toContain(words);
  expect(text.split("what Ada asked")).toHaveLength(3); // in its place, and above its thread
  expect(text).not.toMatch(/what Ben said|said on Ada's device/u);
});

it("clears what is kept of a person, a little at a time, and leaves the others theirs (row D25)", async () => {
  const storage = await shared();
  const before = await linesOf(storage, "ben");
  const told: DeviceProgress[] = [];
  const count = await clearDevice(storage, "ada", { onProgress: (progress) => told.push(progress) });
  expect(count).toBeGreaterThan(3);
  expect(told.at(-1)).toEqual({ done: count });
  const keys = (await storage.scan({ prefix: [] })).map(([key]) => key);
  expect(keys.filter((key) => key.includes("ada"))).toEqual([]);
  expect(await storage.get(["user"])).toBe("ben");
  expect((await linesOf(storage, "ben")).slice(1)).toEqual(before.slice(1));
  expect(await clearDevice(storage, "ben")).toBeGreaterThan(0);
  expect(await storage.scan({ prefix: [] })).toEqual([]);
});

it("[D9] clears files on their way a few pieces at a time, and reads none for what is told", async () => {
  const storage = memoryStorage();
  await storage.write(
    Array.from({ length: 9 }, (_, piece) => ({
      ...({ type: "put", key: ["upload-bytes", "ada", "f", String(piece)], value: "" } as const),
    })),
  );
  const pages: number[] = [];
  const counting: Storage = {
    ...storage,
    async scan(query) {
      const page = await storage.scan(query);
      if (query.prefix[0] === "upload-bytes") pages.push(page.length);
      return page;
    },
  };
  await linesOf(counting, "ada");
  expect(pages).toEqual([]);
  expect(await clearDevice(counting, "ada")).toBe(9);
  expect(pages).toEqual([4, 4, 1]);
});

it("ends at once where it is called off, with what was not looked at in its place", async () => {
  const storage = await shared();
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  const { signal } = controller;
  await expect(clearDevice(storage, "ada", { signal })).rejects.toThrow("enough");
  const reading = exportDevice(storage, "ada", { signal });
  expect((await reading.next()).done).toBe(false);
  await expect(reading.next()).rejects.toThrow("enough");
  expect((await linesOf(storage, "ada")).length).toBeGreaterThan(4);
});

/** @param size - of its bytes, of which each is another than the last. */
function waitingFile(fileId: string, size: number): readonly [StoredUpload, Blob] {
  const common = { fileId, name: "voice.ogg", size };
  const upload: StoredUpload = {
    ...{ ...common, conversationId: "general", mediaType: "audio/ogg", createdAt: 5 },
    ...{ phase: "waiting", sent: new Map(), partBytes: undefined, code: undefined, messageId: undefined },
    attachment: { ...common, kind: "audio", type: "audio/ogg" },
  };
  return [upload, new Blob([Uint8Array.from({ length: size }, (_, index) => index % 251)])];
}

it("tells of files that wait, bytes and all, a piece at a time, and of nobody else's (row D25)", async () => {
  const storage = memoryStorage();
  const { signal } = new AbortController();
  const [long, bytes] = waitingFile("long", 2 * PIECE_BYTES + 7);
  await createUploadStore(storage, "ada").keep(long, bytes, signal);
  await createUploadStore(storage, "ben").keep(...waitingFile("bens", 9), signal);
  await createUploadStore(storage, "ada").keep(...waitingFile("half", 9), signal);
  await createUploadStore(storage, "ada").write({ ...waitingFile("half", 9)[0], phase: "storing" });
  await createUploadStore(storage, "ada").write(waitingFile("gone", 9)[0]);
  const limits: unknown[] = [];
  const counting: Storage = {
    ...storage,
    scan(query) {
      if (query.prefix[0] === "upload-bytes") limits.push(query.limit);
      return storage.scan(query);
    },
  };
  const lines = await linesOf(counting, "ada");
  expect(lines[0]).toMatchObject({ files: "inline" });
  expect(lines.slice(1, -1).map(({ type, fileId, at }) => [type, fileId, at])).toEqual([
    ["bytes", "long", 0],
    ["bytes", "long", PIECE_BYTES],
    ["bytes", "long", 2 * PIECE_BYTES],
    ["file", "long", undefined],
  ]);
  expect(lines.at(-2)).toEqual({
    ...{ type: "file", fileId: "long", conversationId: "general", ownerId: "ada", name: "voice.ogg" },
    ...{ mediaType: "audio/ogg", size: 2 * PIECE_BYTES + 7, createdAt: 5, state: "waiting" },
  });
  const told = Buffer.concat(lines.slice(1, 4).map(({ data }) => Buffer.from(String(data), "base64")));
  expect(told.equals(Buffer.from(await bytes.arrayBuffer()))).toBe(true);
  expect(new Set(limits)).toEqual(new Set([1]));
});
