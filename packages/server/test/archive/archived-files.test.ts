import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { besideBytes, type FileBytes, inlineBytes } from "../../src/archive/file-bytes.ts";
import { importArchive } from "../../src/archive/import-archive.ts";
import { createDiskStore } from "../../src/files/disk-store.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import { createS3Store } from "../../src/files/s3-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import type { FileRecord, FileTable } from "../../src/store/files.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import type { Store } from "../../src/store/store.ts";
import { type S3Service, startS3 } from "../../src/testing/s3/s3.ts";
import { showing, shown } from "../store/files-suite.ts";
import { Workbench } from "../store/workbench.ts";
import { newId } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { chunksOf } from "./archive-text.ts";

const never = new AbortController().signal;
/** One of a few bytes, one of none, and one that is uploaded in parts. */
const contents = [Buffer.from("a picture"), Buffer.alloc(0), Buffer.alloc(6 * 1_024 * 1_024 + 1, "seven b")];

let source: Store;
let bytes: FileStore;
let files: readonly FileRecord[];
let s3: S3Service;

const disk = (): FileStore =>
  createDiskStore({
    dir: temporaryFile("kept"),
    signer: createSigner("secret"),
    baseUrl: () => "http://localhost",
  });
const bucket = (): FileStore => createS3Store({ ...s3, isPathStyle: true, now: Date.now });

async function uploaded(table: FileTable, size: number): Promise<FileRecord> {
  const common = {
    fileId: newId(),
    conversationId: "a",
    ownerId: "ada",
    name: "a.png",
    mediaType: "image/png",
  };
  const file: FileRecord = { ...common, size, createdAt: 1, state: "ready" };
  await table.open(file, { perHour: 100, previews: 2, bytes: 1e9 });
  return file;
}

beforeAll(async () => {
  s3 = await startS3();
  source = openLibsqlStore({ file: temporaryFile("data.db") });
  bytes = disk();
  const bench = new Workbench(source);
  await bench.group("a", "ada", "bob");
  const table = source.files;
  if (!table) throw new Error("no files");
  files = await Promise.all(contents.map(({ length }) => uploaded(table, length)));
  for (const [index, { fileId: key, size, mediaType }] of files.entries())
    await bytes.keep({ key, size, mediaType }, chunksOf(contents[index] ?? "", 65_536)());
  await bench.accepted("ada", showing("a", ...files.map((each) => shown(each))));
  // Uploaded, and its bytes are lost.
  await uploaded(table, 10);
});
afterAll(async () => {
  await source.close();
  await s3.close();
});

async function textWith(given: FileBytes): Promise<string> {
  const found =
    source.archive && (await exportArchive({ of: "server" }, source.archive, { at: 1, files: given }));
  if (!found) throw new Error("nothing to export");
  let text = "";
  for await (const chunk of found.text) text += chunk;
  return text;
}

async function all(store: FileStore, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.stream(key, never)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it("takes files along, beside the archive or in it, into a folder or a bucket (row D25)", async () => {
  const dir = temporaryFile("beside");
  for (const [given, kept] of [
    [besideBytes(bytes, dir, never), disk()],
    [inlineBytes(bytes, never), bucket()],
  ] as const) {
    const store = openLibsqlStore({ file: temporaryFile("data.db") });
    const text = await textWith(given);
    await importArchive({ store, open: chunksOf(text, 65_536), files: kept, dir, at: 2 });
    for (const [index, { fileId }] of files.entries()) {
      expect(Buffer.compare(await all(kept, fileId), contents[index] ?? Buffer.alloc(1))).toBe(0);
      expect(await store.files?.find(fileId)).toMatchObject({ fileId, ownerId: "ada", state: "ready" });
      expect(await store.files?.isShown(fileId, "a")).toBe(true);
    }
    await store.close();
  }
  expect(readdirSync(dir).toSorted()).toEqual(files.map(({ fileId }) => fileId).toSorted());
});

it("[E7] keeps no file of an archive that is refused, nor one whose bytes are others", async () => {
  const dir = temporaryFile("beside");
  const beside = await textWith(besideBytes(bytes, dir, never));
  const [first = "", , last = ""] = files.map(({ fileId }) => fileId);
  const kept = temporaryFile("kept");
  const target = createDiskStore({ dir: kept, signer: createSigner("secret"), baseUrl: () => "" });
  const store = openLibsqlStore({ file: temporaryFile("data.db") });
  const take = (text: string) =>
    importArchive({ store, open: chunksOf(text, 65_536), files: target, dir, at: 2 });
  const nothing = async (text: string, reason: string): Promise<void> => {
    await expect(take(text)).rejects.toMatchObject({ message: expect.stringContaining(reason) });
    for (const { fileId } of files) expect(await target.size(fileId)).toBeUndefined();
    expect(await store.files?.find(first)).toBeUndefined();
  };
  writeFileSync(join(dir, first), "A picture");
  await nothing(beside, `the file ${first} is not what was written`);
  writeFileSync(join(dir, first), "a pictures");
  await nothing(beside, `the file ${first} is missing, or has another size`);
  writeFileSync(join(dir, first), contents[0] ?? "");
  renameSync(join(dir, last), join(dir, "elsewhere"));
  await nothing(beside, `the file ${last} is missing, or has another size`);
  renameSync(join(dir, "elsewhere"), join(dir, last));

  const inline = await textWith(inlineBytes(bytes, never));
  const lines = inline.split("\n");
  const at = lines.findIndex((line) => line.includes('"bytes"'));
  await nothing(lines.toSpliced(at, 1).join("\n"), "line ");
  // It is right, and found to be there already only when its files are kept.
  await new Workbench(store).group("a", "eve");
  await nothing(beside, "a conversation of this id is there already");
  expect(
    existsSync(join(kept, "kept"))
      ? readdirSync(join(kept, "kept"), { recursive: true }).filter((name) => String(name).length > 4)
      : [],
  ).toEqual([]);
  await store.close();
});
