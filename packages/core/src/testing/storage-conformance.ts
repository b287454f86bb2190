import type { Storage } from "../ports/storage.ts";
import { storageContract } from "./storage-contract.ts";

export interface StorageConformanceOptions {
  /** Of the test runner, as is `it`: those of vitest, jest, mocha and `node:test` fit. */
  readonly describe: (title: string, body: () => void) => void;
  readonly it: (title: string, body: () => Promise<void>) => void;
  /** A store for one test: empty, not open yet, shared with no other. */
  readonly create: () => Storage | Promise<Storage>;
}

/**
 * The contract of the port `Storage` as tests, to hold an adapter to. Crashes and full disks are not among them: each
 * medium has its own.
 *
 * @example
 * ```ts
 * import { memoryStorage } from "@tidings/core";
 * import { storageConformance } from "@tidings/core/testing";
 * import { describe, it } from "node:test";
 *
 * storageConformance({ describe, it, create: memoryStorage });
 * ```
 */
export function storageConformance({ describe, it, create }: StorageConformanceOptions): void {
  describe("the contract of a storage", () => {
    for (const { title, check } of storageContract) {
      it(title, async () => {
        const storage = await create();
        await storage.open();
        try {
          await check(storage);
        } finally {
          await storage.close();
        }
      });
    }
  });
}
