import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileStore } from "../../src/files/file-store.ts";
import { openLibsqlStore } from "../../src/store/libsql/libsql-store.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { newId } from "../support/raw-client.ts";
import { openDesk } from "./open-desk.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
const HOUR_MS = 3_600_000;

/** The same folder; at one moment of a completion something else is done first. */
function pausing(store: FileStore, at: Moment, meanwhile: () => Promise<void>): FileStore {
  const pause = (moment: Moment): Promise<void> => (moment === at ? meanwhile() : Promise.resolve());
  return {
    ...store,
    async received(upload) {
      await pause("asking what was put");
      return store.received(upload);
    },
    async complete(upload, parts) {
      await pause("making one of the parts");
      await store.complete(upload, parts);
    },
    async first(key, bytes) {
      await pause("looking at it");
      const found = await store.first(key, bytes);
      await pause("writing it down");
      return found;
    },
  };
}

const moments = [
  ...(["asking what was put", "making one of the parts"] as const),
  ...(["looking at it", "writing it down"] as const),
] as const;
type Moment = (typeof moments)[number];

describe.each(["SQLite", "PostgreSQL"])("a file that is given up while it is completed, on %s", (kind) => {
  let postgres: PostgresService | undefined;
  beforeAll(async () => {
    if (kind === "PostgreSQL" && hasPostgres()) postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres?.close());

  it.skipIf(kind === "PostgreSQL" && !hasPostgres()).each(moments)(
    "is not found, before %s, and leaves nothing (row G4)",
    async (moment) => {
      const url = await postgres?.database();
      const tables = url === undefined ? openLibsqlStore() : await openPostgresStore({ url, connections: 2 });
      const on = { conversationId: "a", fileId: newId() } as const;
      const withdraw = async (): Promise<void> => {
        // A ticket is asked for, too, before anything is there.
        if (!isPut) return;
        isPut = false;
        expect(await ask("ada", { type: "file.cancel", ...on })).toEqual({ fileId: on.fileId });
      };
      let isPut = false;
      const around = (store: FileStore) => pausing(store, moment, withdraw);
      const { ask, store, dir, kept, desk, time, table, failures } = await openDesk({}, tables, around);
      const named = { name: "a", size: PNG.length, mediaType: "image/png" };
      await ask("ada", { type: "file.upload", ...on, ...named });
      await store.put(on.fileId, 1, PNG.length, [PNG] as unknown as AsyncIterable<Uint8Array>);
      isPut = true;
      expect(await ask("ada", { type: "file.complete", ...on, parts: [] })).toBe("file/not-found");
      expect(isPut).toBe(false);
      time.now += HOUR_MS;
      await desk.sweep();
      expect([kept(), readdirSync(join(dir, "incoming")), failures]).toEqual([[], [], []]);
      expect((await table.due(time.now + 25 * HOUR_MS)).length).toBe(0);
    },
  );
});
