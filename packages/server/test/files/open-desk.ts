import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultPolicy, type FileQuery, type FileState } from "@tidings/core/protocol";
import { afterEach } from "vitest";
import type { Clock } from "../../src/engine/clock.ts";
import { Files, type FilesOptions } from "../../src/files/desk.ts";
import { createDiskStore, type DiskStore } from "../../src/files/disk-store.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import { silentMeter } from "../../src/observe/meter.ts";
import { openLibsqlStore } from "../../src/store/libsql/libsql-store.ts";
import type { FileTable } from "../../src/store/files.ts";
import type { Store } from "../../src/store/store.ts";
import { newId } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { Workbench } from "../store/workbench.ts";

const HOUR_MS = 3_600_000;

/** What is closed after a test. */
export const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export interface OpenedDesk {
  readonly desk: Files;
  readonly options: FilesOptions;
  readonly bench: Workbench;
  readonly dir: string;
  readonly store: DiskStore;
  readonly table: FileTable;
  /** @returns the result, or the code of the refusal. */
  readonly ask: (userId: string, query: FileQuery) => Promise<object | string>;
  readonly put: (bytes: Buffer, mediaType: string, more?: object) => Promise<string | FileState>;
  readonly state: (fileId: string) => Promise<FileState | string>;
  readonly until: (fileId: string, wanted: FileState["state"]) => Promise<FileState>;
  /** The names of what is kept in the folder. */
  readonly kept: () => readonly string[];
  readonly time: { now: number };
  readonly failures: readonly unknown[];
}

/** A desk over real tables and a real folder, whose time is told. */
export async function openDesk(
  options: Partial<FilesOptions> = {},
  tables: Store = openLibsqlStore(),
  around: (store: FileStore) => FileStore = (store) => store,
): Promise<OpenedDesk> {
  const bench = new Workbench(tables);
  const dir = dirname(temporaryFile("x"));
  const store = createDiskStore({
    dir,
    signer: createSigner("a secret"),
    baseUrl: () => "http://localhost",
  });
  const { files: table } = bench.store;
  if (!table) throw new Error("no table");
  const failures: unknown[] = [];
  const time = { now: 1_000_000 };
  const every: Clock["every"] = (periodMs, task) => {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  };
  const clock = { now: () => time.now, soon: setImmediate, every };
  const settled: FilesOptions = {
    ...{
      table,
      store: around(store),
      clock,
      limits: defaultPolicy.limits,
      bytesPerUser: 100_000,
      meter: silentMeter,
    },
    ...{ uploadMs: HOUR_MS, downloadMs: HOUR_MS, scan: undefined, scanTimeoutMs: 60_000, isFailOpen: false },
    onFailure: (error) => void failures.push(error),
    ...options,
  };
  const desk = new Files(settled);
  closing.push(async () => {
    desk.close();
    await bench.store.close();
  });
  await bench.group("a", "ada", "bob");
  const ask = async (userId: string, query: FileQuery) => {
    const summary = await bench.query(userId, { type: "conversation", conversationId: "a" });
    const answer = await desk.answer(userId, query, summary);
    return answer.ok ? answer.result : answer.code;
  };
  /** All but the sending. */
  const put = async (bytes: Buffer, mediaType: string, more: object = {}): Promise<string | FileState> => {
    const fileId = newId();
    const on = { conversationId: "a", fileId } as const;
    const named = { name: "a", size: bytes.length, mediaType, ...more };
    const ticket = await ask("ada", { type: "file.upload", ...on, ...named });
    if (typeof ticket === "string") return ticket;
    await store.put(fileId, 1, bytes.length, [bytes] as unknown as AsyncIterable<Uint8Array>);
    return (await ask("ada", { type: "file.complete", ...on, parts: [] })) as string | FileState;
  };
  const state = (fileId: string) =>
    ask("ada", { type: "file.state", conversationId: "a", fileId }) as Promise<FileState | string>;
  const until = async (fileId: string, wanted: FileState["state"]): Promise<FileState> => {
    for (;;) {
      const found = await state(fileId);
      if (typeof found === "string") throw new Error(found);
      if (found.state === wanted) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const kept = (): readonly string[] =>
    // There is no such folder before the first one.
    !existsSync(join(dir, "kept"))
      ? []
      : readdirSync(join(dir, "kept"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
          entry.isFile() ? entry.name : [],
        );
  return { desk, options: settled, bench, dir, store, table, ask, put, state, until, kept, time, failures };
}
