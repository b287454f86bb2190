/**
 * A page that writes numbered pairs until its browser is killed, and says each number when its write has resolved.
 *
 * Run as `/?kind=indexeddb&from=7`.
 */
import type { Storage } from "@tidings/core";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { localStorageStorage } from "@tidings/storage/local-storage";

declare global {
  interface Window {
    /** For the test to call, on a page that does not write: what there is. */
    found: () => Promise<{ readonly ones: unknown[]; readonly others: unknown[] }>;
    /** Says how durable it is, then begins. */
    begin: (from: number) => Promise<string>;
    /** Writes until there is no room, then deletes all of it in one write. */
    fillUp: () => Promise<{ readonly code: unknown; readonly taken: number; readonly left: number }>;
    /** The numbers whose write has resolved. */
    readonly resolved: number[];
  }
}

const kind = new URLSearchParams(location.search).get("kind");
const storage: Storage =
  kind === "indexeddb" ? indexedDbStorage({ name: "killed" }) : localStorageStorage({ name: "killed" });
const opened = storage.open();

Object.assign(window, { resolved: [] });

window.found = async () => {
  await opened;
  const numbersOf = async (side: string): Promise<unknown[]> =>
    (await storage.scan({ prefix: [side] })).map(([, number]) => number);
  return { ones: await numbersOf("one"), others: await numbersOf("other") };
};

window.begin = async (from) => {
  await opened;
  void write(from);
  return storage.supports.durability;
};

window.fillUp = async () => {
  await opened;
  const keys: string[][] = [];
  let code: unknown;
  for (const size of [500_000, 5_000, 50]) {
    code = undefined;
    while (code === undefined) {
      const key = ["fill", String(keys.length)];
      const put = { type: "put", key, value: "x".repeat(size) } as const;
      await storage.write([put]).then(
        () => keys.push(key),
        (error: unknown) => (code = Object(error).code),
      );
    }
  }
  await storage.write(keys.map((key) => ({ type: "delete", key })));
  return { code, taken: keys.length, left: (await storage.scan({ prefix: ["fill"] })).length };
};

async function write(from: number): Promise<void> {
  for (let number = from; ; number += 1) {
    await storage.write([
      { type: "put", key: ["one", String(number)], value: number },
      { type: "put", key: ["other", String(number)], value: number },
    ]);
    window.resolved.push(number);
    if (number % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}
