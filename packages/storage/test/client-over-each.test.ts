import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type Storage } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { createSearch } from "@tidings/core/search";
import { asyncStorageStorage } from "@tidings/storage/async-storage";
import { encryptedStorage } from "@tidings/storage/encrypted";
import { localStorageStorage } from "@tidings/storage/local-storage";
import { sqliteStorage } from "@tidings/storage/sqlite";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { stringDisk } from "./string-disk.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-each-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const disk = stringDisk();
const key = crypto.getRandomValues(new Uint8Array(32));
const sqlite = (file: string): Storage =>
  sqliteStorage({ database: () => new Database(join(folder, `${file}.db`)) });

/** Each makes the storage of the next process: the disk is the same. */
const makers: readonly (readonly [string, () => Storage])[] = [
  ["sqliteStorage", () => sqlite("plain")],
  ["localStorageStorage", () => localStorageStorage({ name: "ada", area: disk.area() })],
  ["asyncStorageStorage", () => asyncStorageStorage({ name: "phone", asyncStorage: disk.asyncStorage() })],
  ["encryptedStorage", () => encryptedStorage({ storage: sqlite("sealed"), key })],
];

const textsOf = (client: Client): readonly string[] =>
  [...client.conversation("general").timeline.get().items].map((item) =>
    item.type === "message" ? Object(item.message.content).text : "hole",
  );

describe.each(makers)("a client over %s", (_name, make) => {
  it("[D1, D2] delivers once what was written before its process was killed, paints and searches without a network", async () => {
    const backend = createMemoryBackend();
    const load = (): Client =>
      createClient({ transport: backend.transport("ada"), storage: make(), userId: "ada" });
    const lost = load().conversation("general"); // never closed, as when it is killed
    await lost.send("one");
    await lost.send("two");

    const next = load();
    next.conversation("general").draft.set("three, perh");
    await next.connect();
    await expect.poll(() => next.outbox.get().waiting).toBe(0);
    expect(backend.messages("general").map(({ content }) => Object(content).text)).toEqual(["one", "two"]);
    await expect.poll(() => textsOf(next)).toEqual(["one", "two"]);
    await next.close();

    const offline = load();
    await expect.poll(() => textsOf(offline)).toEqual(["one", "two"]);
    await expect.poll(() => offline.conversation("general").draft.get()).toBe("three, perh");
    await offline.close();

    const unopened = load();
    const search = createSearch(unopened, { delayMs: 0 });
    search.subscribe(() => {});
    search.find({ text: "one" });
    await expect
      .poll(() => search.get().items.map(({ message }) => Object(message.content).text))
      .toEqual(["one"]);
    await unopened.close();
  });
});
