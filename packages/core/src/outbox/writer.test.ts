import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage, StorageOperation } from "../ports/storage.ts";
import { createWriter, type Writer, type WriterOptions } from "./writer.ts";

const put = (name: string): StorageOperation => ({ type: "put", key: [name], value: name });

/** A storage that says which writes it was asked for, and refuses what makes it too full. */
function disk(most = Infinity): Storage & { readonly writes: string[] } {
  const storage = memoryStorage();
  const writes: string[] = [];
  return {
    ...storage,
    writes,
    async write(operations) {
      writes.push(operations.map(({ key }) => key[0]).join(" "));
      const names = new Set((await storage.scan({ prefix: [] })).map(([[name]]) => name));
      for (const { type, key } of operations) names[type === "put" ? "add" : "delete"](key[0]);
      if (names.size > most) throw new MessagingError("storage/full");
      await storage.write(operations);
    },
  };
}

function writerOf(storage: Storage, options: Partial<WriterOptions> = {}): Writer {
  return createWriter({ storage, rider: () => undefined, room: async () => [], ...options });
}

const outcomes = (writes: readonly Promise<void>[]): Promise<unknown[]> =>
  Promise.all(
    writes.map((write) =>
      write.then(
        () => "written",
        ({ code }) => code,
      ),
    ),
  );

describe("writer", () => {
  it("[O19] writes what is given in one tick at once, and what is given meanwhile next, in order", async () => {
    const storage = disk();
    const writer = writerOf(storage);
    await writer.open();
    const first = [writer.write([put("a")]), writer.write([put("b")])];
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([...first, writer.write([put("c")]), writer.write([put("d")])]);
    expect(storage.writes).toEqual(["a b", "c d"]);
  });

  it("[D1, O19] keeps the earlier ones and refuses the newest when they do not all fit", async () => {
    const storage = disk(2);
    const writer = writerOf(storage);
    const writes = ["a", "b", "c"].map((name) => writer.write([put(name)]));
    expect(await outcomes(writes)).toEqual(["written", "written", "storage/full"]);
    expect((await storage.scan({ prefix: [] })).map(([key]) => key[0])).toEqual(["a", "b"]);
  });

  it("[D1, K7] makes room for what waits, as long as there is something that may go", async () => {
    const storage = disk(2);
    const spare = ["y", "z"];
    const room = async (): Promise<StorageOperation[]> => {
      const name = spare.pop();
      return name ? [{ type: "delete", key: [name] }] : [];
    };
    await storage.write(spare.map(put));
    const writer = writerOf(storage, { room });
    expect(await outcomes(["a", "b", "c"].map((name) => writer.write([put(name)])))).toEqual([
      ...["written", "written", "storage/full"],
    ]);
  });

  it.each([
    ["the disk is too full to delete anything", async (): Promise<StorageOperation[]> => [put("y")]],
    ["storage cannot be read", async () => Promise.reject(new MessagingError("storage/failed"))],
  ])("[D1, D9] refuses what waits, and goes on, when no room can be made: %s", async (_, room) => {
    const storage = disk(1);
    const writer = writerOf(storage, { room });
    const writes = ["a", "b", "c"].map((name) => writer.write([put(name)]));
    expect(await outcomes(writes)).toEqual(["written", "storage/full", "storage/full"]);
    await storage.write([{ type: "delete", key: ["a"] }]);
    expect(await outcomes([writer.write([put("d")])])).toEqual(["written"]);
  });

  it("[K6] takes along what else there is, and tells it how that went", async () => {
    const storage = disk(1);
    const told: unknown[] = [];
    const riders = [["b"], ["c"]];
    const rider: WriterOptions["rider"] = () => {
      const names = riders.shift();
      return names && { operations: names.map(put), settle: (error) => told.push(Object(error).code) };
    };
    const writer = writerOf(storage, { rider });
    await writer.write([put("a")]);
    await writer.idle();
    expect(storage.writes).toEqual(["a b", "a", "b", "c"]);
    expect(told).toEqual(["storage/full", "storage/full"]);
  });

  it("[D9] tells everybody when storage does not open, and tries again when it is asked again", async () => {
    let isBroken = true;
    const open = async (): Promise<void> => {
      if (isBroken) throw new MessagingError("storage/failed");
    };
    const writer = writerOf({ ...disk(), open });
    expect(await outcomes([writer.write([put("a")]), writer.write([put("b")])])).toEqual([
      ...["storage/failed", "storage/failed"],
    ]);
    isBroken = false;
    expect(await outcomes([writer.write([put("c")])])).toEqual(["written"]);
  });
});
