import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { notebookOf } from "@tidings/core/protocol";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { besideBytes, type FileBytes, inlineBytes } from "../../src/archive/file-bytes.ts";
import { importArchive, type ImportOptions, type ImportOutcome } from "../../src/archive/import-archive.ts";
import { createDiskStore } from "../../src/files/disk-store.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import { createS3Store } from "../../src/files/s3-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import type { Archive, ArchiveReading } from "../../src/store/archive.ts";
import type { FileRecord, FileTable } from "../../src/store/files.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import type { Store } from "../../src/store/store.ts";
import { type S3Service, startS3 } from "../../src/testing/s3/s3.ts";
import { showing, shown } from "../store/files-suite.ts";
import { Workbench } from "../store/workbench.ts";
import { newId } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { chunksOf, conversation, header, sealed } from "./archive-text.ts";

const never = new AbortController().signal;
/** One of a few bytes, one of none, and one that is uploaded in parts. */
const contents = [Buffer.from("a picture"), Buffer.alloc(0), Buffer.alloc(6 * 1_024 * 1_024 + 1, "seven b")];

let source: Store;
let bytes: FileStore;
let files: readonly FileRecord[];
let planned: FileRecord;
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
    // What some take for the end of a line.
    name: "a\u2028.png",
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
  // Uploaded, and their bytes are lost.
  planned = await uploaded(table, 10);
  await uploaded(table, 10);
  const subject = { kind: "scheduled", conversationId: "a", messageId: newId() } as const;
  const content = { text: "later", attachments: [shown(planned)] };
  const value = { dueAt: bench.at + 5_000, message: { kind: "text", content } } as const;
  await bench.accepted("ada", { type: "note.set", conversationId: notebookOf("ada"), subject, value });
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
    expect(await store.files?.isShown(planned.fileId, notebookOf("ada"))).toBe(true);
    await store.files?.due(Number.MAX_SAFE_INTEGER);
    expect(await store.files?.find(planned.fileId)).toMatchObject({ state: "ready" });
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

it("[D8] shows nobody a file that is there already, in whatever the archive says shows it", async () => {
  const { store, take } = await targetOf();
  await take(await textWith(inlineBytes(bytes, never)));
  const [ready] = files;
  if (!ready) throw new Error("no files");
  const attachments = [shown(ready)];
  const [begun, owner, said] = conversation("elsewhere", 1);
  const archive = sealed([header, begun ?? {}, owner ?? {}, { ...said, content: { text: "", attachments } }]);
  await expect(take(archive)).rejects.toMatchObject({
    ...{
      code: "archive/conflict",
      message: expect.stringContaining("a file of this id is there already"),
    },
  });
  expect(await store.files?.isShown(ready.fileId, "elsewhere")).toBe(false);
  await store.close();
});

/** What was asked of a target: files of an archive that is imported there again and again. */
async function targetOf(): Promise<{
  readonly store: Store;
  readonly kept: FileStore;
  readonly take: (text: string, archive?: Partial<Archive>) => Promise<ImportOutcome>;
}> {
  const store = openLibsqlStore({ file: temporaryFile("data.db") });
  const kept = disk();
  const { archive, files: table } = store;
  if (!archive || !table) throw new Error("no archive");
  const take = (text: string, changed: Partial<Archive> = {}): Promise<ImportOutcome> =>
    importArchive({
      ...{ store: { archive: { ...archive, ...changed }, files: table }, files: kept, at: 2 },
      open: chunksOf(text, 65_536),
    });
  return { store, kept, take };
}

it("[E7, E8] never puts bytes in place of those that are there", async () => {
  const inline = await textWith(inlineBytes(bytes, never));
  const [{ fileId: key, mediaType } = { fileId: "", mediaType: "" }] = files;
  const put = async (on: FileStore, text: string) =>
    on.keep({ key, size: text.length, mediaType }, chunksOf(text)());
  const { store, kept, take } = await targetOf();

  // A file of Ada's, whose id somebody knows.
  const table = store.files;
  if (!table) throw new Error("no files");
  const adas = { fileId: key, conversationId: "mine", ownerId: "ada", name: "a.png", mediaType, size: 4 };
  await table.open({ ...adas, createdAt: 1, state: "ready" }, { perHour: 9, previews: 2, bytes: 1e9 });
  for (const [text, reason] of [
    ["mine", "a file of this id is there already"],
    ["a picture", "a file of this id is there already"],
  ] as const) {
    await put(kept, text);
    await expect(take(inline)).rejects.toMatchObject({
      code: "archive/conflict",
      message: expect.stringContaining(reason),
    });
    expect(String(await all(kept, key))).toBe(text);
  }
  await store.close();

  // Bytes that nobody knows of: others are not taken for them, the same are left to whoever put them there.
  const second = await targetOf();
  await put(second.kept, "a drawing");
  await expect(second.take(inline)).rejects.toMatchObject({
    code: "archive/conflict",
    message: expect.stringContaining("there are other bytes"),
  });
  expect(String(await all(second.kept, key))).toBe("a drawing");
  await put(second.kept, "a picture");
  expect(await second.take(inline)).toMatchObject({ isNew: true });
  expect(String(await all(second.kept, key))).toBe("a picture");
  await second.store.close();
});

it("[E7] ends where it is called off, in the midst of few rows, of bytes in it and of bytes beside it", async () => {
  const dir = temporaryFile("beside");
  const texts = {
    inline: await textWith(inlineBytes(bytes, never)),
    beside: await textWith(besideBytes(bytes, dir, never)),
  };
  const store = openLibsqlStore({ file: temporaryFile("data.db") });
  const kept = disk();
  const take = async (
    place: keyof typeof texts,
    step: "checked" | "taken",
    lines: number,
  ): Promise<number> => {
    const controller = new AbortController();
    let last = 0;
    const onProgress: ImportOptions["onProgress"] = (now, progress) => {
      if (now === step) last = progress.lines;
      if (now === step && progress.lines === lines) controller.abort();
    };
    const { signal } = controller;
    const open = chunksOf(texts[place], 65_536);
    const taking = importArchive({ store, open, files: kept, dir, at: 2, onProgress, signal });
    await expect(taking).rejects.toMatchObject({ name: "AbortError" });
    for (const { fileId } of files) expect(await kept.size(fileId)).toBeUndefined();
    expect(await store.files?.find(files[0]?.fileId ?? "")).toBeUndefined();
    return last;
  };
  const last = texts.beside.trim().split("\n").length;
  expect(await take("beside", "checked", 1)).toBe(1);
  expect(await take("beside", "taken", 3)).toBe(3);
  // Of what comes last nothing is committed either.
  expect(await take("beside", "taken", last)).toBe(last);
  const inBytes = texts.inline.split("\n").findIndex((line) => line.includes('"bytes"')) + 3;
  expect(await take("inline", "checked", inBytes)).toBe(inBytes);
  expect(await take("inline", "taken", inBytes)).toBe(inBytes);

  const controller = new AbortController();
  let passed = 0;
  const watched = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      passed += chunk.length;
      controller.abort();
      yield chunk;
    }
  };
  const slow: FileStore = { ...kept, keep: (object, chunks) => kept.keep(object, watched(chunks)) };
  await expect(
    importArchive({
      ...{ store, open: chunksOf(texts.beside), files: slow, dir, at: 2, signal: controller.signal },
    }),
  ).rejects.toMatchObject({ name: "AbortError" });
  expect(passed).toBeLessThan(1_000_000);
  for (const { fileId } of files) expect(await kept.size(fileId)).toBeUndefined();
  await store.close();
});

it("[D1, E7] keeps the bytes of what is in, or may be, whatever is answered; again, it puts back what is missing", async () => {
  const inline = await textWith(inlineBytes(bytes, never));
  const lost = new Error("the connection is gone");
  const lose = async (): Promise<never> => {
    throw lost;
  };
  const sizes = (kept: FileStore) => Promise.all(files.map(({ fileId }) => kept.size(fileId)));
  const whole = contents.map(({ length }) => length);

  const { store, kept, take } = await targetOf();
  const { archive } = store;
  const unanswered: Archive["write"] = async (...given) => {
    await archive?.write(...given);
    return lose();
  };
  await expect(take(inline, { write: unanswered })).rejects.toBe(lost);
  expect(await sizes(kept)).toEqual(whole);
  expect((await store.audit?.page({ limit: 9 }))?.items.map(({ action }) => action)).toContain(
    "server.import",
  );

  const [first, second] = files;
  for (const each of [first, second]) await kept.delete(each?.fileId ?? "");
  await store.files?.abandon(second?.fileId ?? "");
  await store.files?.change(second?.fileId ?? "", "ready", { state: "gone" });
  expect(await take(inline)).toMatchObject({ isNew: false });
  // What was deleted there stays so.
  expect(await sizes(kept)).toEqual([whole[0], undefined, whole[2]]);
  await store.close();

  const other = await targetOf();
  const taken = async function* (batches: Parameters<Archive["write"]>[1]) {
    for await (const batch of batches) yield batch;
    await lose();
  };
  const refused: Archive["write"] = async (digest, batches, entry) =>
    (await other.store.archive?.write(digest, taken(batches), entry)) ?? false;
  await expect(other.take(inline, { write: refused })).rejects.toBe(lost);
  expect(await sizes(other.kept)).toEqual(whole.map(() => undefined));
  await expect(other.take(inline, { write: refused, has: lose })).rejects.toBe(lost);
  expect(await sizes(other.kept)).toEqual(whole);
  await other.store.close();
});

it("puts files beside an archive for its owner alone, and takes back those of one that came to nothing (row D25)", async () => {
  const dir = temporaryFile("beside");
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const [first = "", ...others] = files.map(({ fileId }) => fileId);
  const given = besideBytes(bytes, dir, never);
  await textWith(given);
  expect(modeOf(dir)).toBe(0o700);
  for (const id of [first, ...others]) expect(modeOf(join(dir, id))).toBe(0o600);
  await given.undo();
  expect(existsSync(dir)).toBe(false);

  // What was there before stays there; nothing is written through what stands in the way.
  mkdirSync(dir);
  writeFileSync(join(dir, first), "of an export before");
  writeFileSync(join(dir, "notes.txt"), "of somebody");
  const elsewhere = temporaryFile("elsewhere");
  symlinkSync(elsewhere, join(dir, `${first}.part`));
  const again = besideBytes(bytes, dir, never);
  await textWith(again);
  expect(existsSync(elsewhere)).toBe(false);
  expect(readFileSync(join(dir, first), "utf8")).toBe("a picture");
  await again.undo();
  expect(readdirSync(dir).toSorted()).toEqual([first, "notes.txt"].toSorted());
});

it("[E7] reads the bytes of files when the moment that is exported is held no more", async () => {
  const { archive } = source;
  if (!archive) throw new Error("no archive");
  let isHeld = false;
  const held = async function* (pages: ArchiveReading["pages"]) {
    isHeld = true;
    try {
      yield* pages;
    } finally {
      isHeld = false;
    }
  };
  const read: Archive["read"] = async (scope) => {
    const reading = await archive.read(scope);
    return reading && { ...reading, pages: held(reading.pages) };
  };
  const states: boolean[] = [];
  const watched: FileStore = {
    ...bytes,
    stream(key, signal) {
      states.push(isHeld);
      return bytes.stream(key, signal);
    },
  };
  const dir = temporaryFile("temporary");
  mkdirSync(dir);
  vi.stubEnv("TMPDIR", dir);
  const given = inlineBytes(watched, never);
  const found = await exportArchive({ of: "server" }, { ...archive, read }, { at: 1, files: given });
  let text = "";
  for await (const chunk of found?.text ?? []) text += chunk;
  expect(states).toEqual(files.map(() => false));
  const types = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  expect(types.filter((type) => type === "file")).toHaveLength(files.length + 2);
  expect(types.lastIndexOf("audit")).toBeLessThan(types.indexOf("bytes"));
  expect(readdirSync(dir)).toEqual([]);
  vi.unstubAllEnvs();
});
