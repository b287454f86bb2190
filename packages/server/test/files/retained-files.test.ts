import { readdirSync } from "node:fs";
import { virtualClock } from "@tidings/core/testing";
import { type Attachment, defaultPolicy, type FileUploadQuery } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Files } from "../../src/files/desk.ts";
import { createDiskStore } from "../../src/files/disk-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import { keepHouse } from "../../src/housekeeping.ts";
import { silentMeter } from "../../src/observe/meter.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { engineClock } from "../support/engine-bench.ts";
import { join, newId, type RawClient } from "../support/raw-client.ts";
import { start, unhurried } from "../support/start.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { showing } from "../store/files-suite.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
const HOUR_MS = 3_600_000;

const upload = (conversationId: string, previewOf?: string): FileUploadQuery => ({
  ...{ type: "file.upload", conversationId, fileId: newId(), name: "a.png" },
  ...{ size: PNG.length, mediaType: "image/png", ...(previewOf !== undefined && { previewOf }) },
});

async function uploaded(client: RawClient, asked: FileUploadQuery): Promise<string> {
  const { conversationId, fileId } = asked;
  const { parts } = await client.query(asked);
  for (const { url, headers } of parts) await fetch(url, { method: "PUT", headers, body: PNG });
  const complete = { type: "file.complete", conversationId, fileId, parts: [] } as const;
  expect(await client.query(complete)).toMatchObject({ state: "ready" });
  return fileId;
}

/** One hour of another node's housekeeping: of each conversation the newest message is kept. */
async function hourOf(store: Store, dir: string): Promise<void> {
  const { files: table } = store;
  if (!table) throw new Error("the store keeps no files");
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);
  const hours = virtualClock(Date.now());
  const clock = engineClock(hours);
  const signer = createSigner("a secret");
  const desk = new Files({
    ...{ table, clock, limits: defaultPolicy.limits, bytesPerUser: 1, meter: silentMeter, onFailure },
    ...{ uploadMs: HOUR_MS, downloadMs: HOUR_MS, scan: undefined, scanTimeoutMs: 60_000, isFailOpen: false },
    store: createDiskStore({ dir, signer, baseUrl: () => "http://localhost" }),
  });
  let isDone = false;
  const stop = keepHouse({
    ...{ store, clock, retention: { maxMessages: 1 }, answerRetentionMs: HOUR_MS, auditRetentionMs: HOUR_MS },
    perform: ({ userId: actorId }, command) => {
      const context = { actorId, at: clock.now(), limits: defaultPolicy.limits, system: true };
      return store.commit([{ command, context }], () => undefined);
    },
    newId: () => newId(),
    desks: [desk, { sweep: async () => void (isDone = true) }],
    onFailure,
  });
  await hours.advance(HOUR_MS);
  await vi.waitFor(() => expect([isDone, failures]).toEqual([true, []]), { timeout: 20_000 });
  stop();
  desk.close();
}

describe.each(["SQLite", "PostgreSQL"])("files of messages that are not kept any more, on %s", (kind) => {
  let postgres: PostgresService | undefined;
  beforeAll(async () => {
    if (kind === "PostgreSQL" && hasPostgres()) postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres?.close());

  it.skipIf(kind === "PostgreSQL" && !hasPostgres())(
    "go with them: bytes, thumbnails, the room they took and what their addresses gave (rows G4, C14)",
    async () => {
      const url = await postgres?.database();
      const store = url === undefined ? openLibsqlStore() : await openPostgresStore({ url });
      const dir = temporaryFile("files");
      const files = { dir, bytesPerUser: 4 * PNG.length };
      const server = await start({ store, policy: unhurried, files });
      const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
      const general = "general";
      const shown = (fileId: string, more: Partial<Attachment> = {}): Attachment => ({
        ...{ fileId, kind: "image", name: "a.png", type: "image/png", size: PNG.length, ...more },
      });
      const old = await uploaded(ada, upload(general));
      const thumbnailId = await uploaded(ada, upload(general, old));
      const [told, recent] = [await uploaded(ada, upload(general)), await uploaded(ada, upload(general))];
      await ada.accepted(showing(general, shown(old, { thumbnailId })));
      const { commandId: messageId } = await ada.accepted(showing(general, shown(told)));
      const elsewhere = newId();
      await bob.accepted({ type: "conversation.create", conversationId: elsewhere, kind: "group" });
      await bob.accepted({
        ...{ type: "message.send", conversationId: elsewhere, kind: "text", content: { text: "" } },
        forward: { conversationId: general, messageId },
      });
      await ada.accepted(showing(general, shown(recent)));
      expect(await ada.ask(upload(general))).toMatchObject({ code: "file/quota" });
      const download = (fileId: string, conversationId = general) =>
        ({ type: "file.download", conversationId, fileId }) as const;
      const statusOf = async (address: string): Promise<number> => (await fetch(address)).status;
      const addresses = await Promise.all(
        [old, thumbnailId, told, recent].map(async (fileId) => (await bob.query(download(fileId))).url),
      );
      expect(await Promise.all(addresses.map(statusOf))).toEqual([200, 200, 200, 200]);

      await hourOf(store, dir);

      expect(await Promise.all(addresses.map(statusOf))).toEqual([404, 404, 200, 200]);
      for (const fileId of [old, thumbnailId, told])
        expect(await bob.ask(download(fileId))).toMatchObject({ code: "file/not-found" });
      // What was told on of it is a message of its own.
      expect(await statusOf((await bob.query(download(told, elsewhere))).url)).toBe(200);
      const kept = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
      expect(kept.map(({ name }) => name).toSorted()).toEqual([told, recent].toSorted());
      await uploaded(ada, upload(general));
      const next = await uploaded(ada, upload(general));
      expect(await ada.ask(upload(general))).toMatchObject({ code: "file/quota" });
      expect(await ada.query(download(next))).toMatchObject({});
    },
    60_000,
  );
});
