import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Attachment, defaultPolicy, type FileState, type UploadTicket } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { clamdScan } from "../../src/files/clamd.ts";
import { Files } from "../../src/files/desk.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import type { Scan, ScanVerdict } from "../../src/files/scan.ts";
import { EICAR, startFakeClamd } from "../support/fake-clamd.ts";
import { newId } from "../support/raw-client.ts";
import { showing } from "../store/files-suite.ts";
import { closing, openDesk } from "./open-desk.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");
const HOUR_MS = 3_600_000;

const attachmentOf = ({ fileId }: FileState): Attachment => ({
  ...{ fileId, name: "a", type: "image/png", size: 1 },
  kind: "image",
});

describe("what a file is", () => {
  it("is told by its bytes, whatever it is called (row G4)", async () => {
    const { put } = await openDesk();
    for (const [text, said, found] of [
      [PNG, "image/png", "image/png"],
      [PNG, "application/pdf", "image/png"],
      ["%PDF-1.7\n%âãÏÓ\n", "text/plain", "application/pdf"],
      ["a,b\n1,2\n", "text/csv", "text/csv"],
      ["<html><script>alert(1)</script>", "text/csv", "text/csv"],
      ["<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "image/png", "text/plain"],
      ["GIF89a=1;alert(1)//", "image/png", "image/gif"],
      ['{"a":1}', "application/json", "application/json"],
    ] as const)
      expect([said, await put(Buffer.from(text), said)]).toMatchObject([
        said,
        { state: "ready", mediaType: found },
      ]);
  });

  it("is text in UTF-16 as well, by its mark, and sound where there is none (row G4)", async () => {
    const { put, time } = await openDesk();
    const little = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
    const big = (text: string) => little(text).swap16();
    // What is looked at ends in the midst of the last one.
    const long = `${"你".repeat(2_046)}🙂`;
    const rest = Uint8Array.from({ length: 413 }, (_, index) => (index * 73) % 256);
    const frame = (...head: readonly number[]) => Buffer.from([...head, ...rest]);
    for (const [bytes, said, found] of [
      [little("Grüße"), "text/plain", "text/plain"],
      [big("Grüße"), "text/plain", "text/plain"],
      [little("a\t1\r\n"), "text/csv", "text/csv"],
      [little(""), "text/plain", "text/plain"],
      [little(long), "audio/mpeg", "text/plain"],
      [big(long), "audio/mpeg", "text/plain"],
      [little("<?xml version='1.0'?><a/>"), "text/plain", "text/plain"],
      [frame(0xff, 0xfb, 0x90, 0x64), "text/plain", "audio/mpeg"],
      [frame(0xff, 0xfa, 0x90, 0x64), "text/plain", "audio/mpeg"],
      [frame(0xff, 0xf3, 0x90, 0x64), "text/plain", "audio/mpeg"],
      [frame(0xff, 0xe3, 0x90, 0x64), "text/plain", "audio/mpeg"],
      [frame(0xff, 0xfe, 0x90, 0x64), "text/plain", "audio/mpeg"],
    ] as const) {
      time.now += HOUR_MS; // Nobody begins as many in one.
      const head = bytes.subarray(0, 9);
      expect([head, await put(bytes, said)]).toMatchObject([head, { state: "ready", mediaType: found }]);
    }
    const lone = Buffer.from([0xfe, 0xff, 0xd8, 0, 0, 65]);
    const wide = Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0]);
    for (const bytes of [lone, wide, big("\u0000"), Buffer.from("Gr\xfc\xdfe", "latin1")])
      expect(await put(bytes, "text/plain")).toMatchObject({ code: "file/type-refused" });
  });

  it("is refused if it is a program, or nobody knows what, and its bytes are gone (row G4)", async () => {
    const { put, kept, ask } = await openDesk();
    const program = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(300)]);
    for (const bytes of [program, Buffer.from([1, 2, 3, 4, 5, 250, 251, 0])]) {
      const refused = await put(bytes, "image/png");
      expect(refused).toMatchObject({ state: "refused", code: "file/type-refused" });
      expect(kept()).toEqual([]);
      const { fileId } = refused as FileState;
      const download = { type: "file.download", conversationId: "a", fileId } as const;
      expect(await ask("ada", download)).toBe("file/type-refused");
    }
  });

  it("is compared with what was said of it; what is damaged may be put again", async () => {
    const { put, ask, store } = await openDesk();
    const checksum = createHash("sha256").update(PNG).digest("base64");
    expect(await put(PNG, "image/png", { checksum })).toMatchObject({ state: "ready" });
    const other = Buffer.from(PNG).fill(0, 20);
    expect(await put(other, "image/png", { checksum })).toBe("file/damaged");
    const fileId = newId();
    const on = { conversationId: "a", fileId } as const;
    const named = { name: "a", size: PNG.length, mediaType: "image/png", checksum };
    await ask("ada", { type: "file.upload", ...on, ...named });
    expect(await ask("ada", { type: "file.complete", ...on, parts: [] })).toBe("file/damaged");
    const putOne = (bytes: Buffer) =>
      store.put(fileId, 1, bytes.length, [bytes] as unknown as AsyncIterable<Uint8Array>);
    await putOne(other);
    expect(await ask("ada", { type: "file.complete", ...on, parts: [] })).toBe("file/damaged");
    await ask("ada", { type: "file.upload", ...on, ...named });
    const etag = await putOne(PNG);
    const wrong = [{ number: 1, etag: '"00"' }];
    expect(await ask("ada", { type: "file.complete", ...on, parts: wrong })).toBe("file/damaged");
    const parts = [{ number: 1, etag: etag ?? "" }];
    expect(await ask("ada", { type: "file.complete", ...on, parts })).toMatchObject({ state: "ready" });
  });
});

it("takes for whole what another node was faster to complete (row G1)", async () => {
  const [faster, slower] = [await openDesk(), await openDesk()];
  let goOn = (): void => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const { table, store } = faster;
  const received: FileStore["received"] = async (upload) => {
    await held;
    return store.received(upload);
  };
  const late = new Files({ ...slower.options, table, store: { ...store, received } });
  const fileId = newId();
  const on = { conversationId: "a", fileId } as const;
  await faster.ask("ada", {
    type: "file.upload",
    ...on,
    name: "a",
    size: PNG.length,
    mediaType: "image/png",
  });
  await store.put(fileId, 1, PNG.length, [PNG] as unknown as AsyncIterable<Uint8Array>);
  const summary = await faster.bench.query("ada", { type: "conversation", conversationId: "a" });
  const complete = { type: "file.complete", ...on, parts: [] } as const;
  const behind = late.answer("ada", complete, summary);
  expect(await faster.ask("ada", complete)).toMatchObject({ state: "ready" });
  goOn();
  expect(await behind).toMatchObject({ ok: true, result: { state: "ready" } });
});

it("leaves nothing of a file behind that is called off, or whose owner is erased, while it is completed (row D25)", async () => {
  const { ask, store, table, options, bench, kept } = await openDesk();
  const fileId = newId();
  const on = { conversationId: "a", fileId } as const;
  await ask("ada", { type: "file.upload", ...on, name: "a", size: PNG.length, mediaType: "image/png" });
  await store.put(fileId, 1, PNG.length, [PNG] as unknown as AsyncIterable<Uint8Array>);
  const complete: FileStore["complete"] = async (upload, parts) => {
    // What is there by then is deleted: nothing. The bytes come behind that.
    await table.abandon(fileId);
    await store.complete(upload, parts);
    expect(kept()).toEqual([fileId]);
  };
  const desk = new Files({ ...options, store: { ...store, complete } });
  const summary = await bench.query("ada", { type: "conversation", conversationId: "a" });
  const answer = await desk.answer("ada", { type: "file.complete", ...on, parts: [] }, summary);
  expect(answer).toMatchObject({ ok: false, code: "file/not-found" });
  expect(kept()).toEqual([]);
});

it("leaves nothing of a file behind that a person may not keep", async () => {
  const { put, dir } = await openDesk({ bytesPerUser: PNG.length });
  expect(await put(PNG, "image/png")).toMatchObject({ state: "ready" });
  expect(await put(PNG, "image/png")).toBe("file/quota");
  expect(readdirSync(join(dir, "incoming"))).toEqual([]);
});

describe("the quarantine", () => {
  it("holds files until clamd says that they are clean, and deletes what is not (rows G4, D24)", async () => {
    const clamd = await startFakeClamd();
    closing.push(() => clamd.close());
    const { put, until, kept, ask } = await openDesk({ scan: clamdScan(clamd.address) });
    const large = Buffer.concat([PNG, Buffer.alloc(90_000)]);
    const clean = await put(large, "image/png");
    const bad = await put(EICAR, "text/plain");
    if (typeof clean === "string" || typeof bad === "string") throw new Error("refused");
    expect([clean.state, bad.state]).toEqual(["scanning", "scanning"]);
    await until(clean.fileId, "ready");
    expect(await until(bad.fileId, "refused")).toMatchObject({ code: "file/infected" });
    await expect.poll(kept).toEqual([clean.fileId]);
    expect(clamd.streams.map((stream) => stream.length).sort((one, other) => one - other)).toEqual([
      EICAR.length,
      large.length,
    ]);
    const download = { type: "file.download", conversationId: "a", fileId: bad.fileId } as const;
    expect(await ask("ada", download)).toBe("file/infected");
  });

  it("lets nothing out that nobody could look through, and looks again (rows G4, M4)", async () => {
    const clamd = await startFakeClamd();
    closing.push(() => clamd.close());
    const { put, until, state, ask, desk, time, failures } = await openDesk({
      scan: clamdScan(clamd.address),
    });
    clamd.say("INSTREAM size limit exceeded. ERROR");
    const file = await put(PNG, "image/png");
    if (typeof file === "string") throw new Error(file);
    const { fileId } = file;
    await expect.poll(() => failures.length).toBe(1);
    expect(await state(fileId)).toMatchObject({ state: "scanning" });
    expect(await ask("ada", { type: "file.download", conversationId: "a", fileId })).toBe("file/not-ready");
    clamd.say(undefined);
    await desk.sweep();
    expect(clamd.streams).toHaveLength(1);
    time.now += 60_001;
    await desk.sweep();
    await until(fileId, "ready");
  });

  it("gives a scanner up that takes too long; if told so, it lets the file out then", async () => {
    const never: Scan = () => new Promise<ScanVerdict>(() => {});
    for (const [isFailOpen, wanted] of [
      [false, "scanning"],
      [true, "ready"],
    ] as const) {
      const { put, until, state, failures } = await openDesk({ scan: never, scanTimeoutMs: 20, isFailOpen });
      const file = await put(PNG, "image/png");
      if (typeof file === "string") throw new Error(file);
      await expect.poll(() => failures.length).toBe(1);
      expect(String(failures[0])).toContain("the scanner takes too long");
      if (wanted === "ready") await until(file.fileId, "ready");
      else expect(await state(file.fileId)).toMatchObject({ state: "scanning" });
    }
  });

  it("looks through all that has gathered while the scanner was away, and asks one that is away once an hour", async () => {
    let isAway = true;
    let asked = 0;
    const scan: Scan = async ({ bytes, name }) => {
      asked += 1;
      if (isAway || name === "poison") throw new Error("away");
      for await (const chunk of bytes) expect(chunk.length).toBeGreaterThan(0);
      return "clean";
    };
    const { limits } = defaultPolicy;
    const { put, desk, time, table } = await openDesk({
      ...{ scan, bytesPerUser: 1_000_000 },
      limits: { ...limits, ...(limits.files && { files: { ...limits.files, perHour: 1_000 } }) },
    });
    const names = ["poison", ...Array<string>(120).fill("a")];
    for (const name of names) expect(await put(PNG, "image/png", { name })).toHaveProperty("state");
    await expect.poll(() => asked).toBe(121);
    time.now += 60_001;
    await desk.sweep();
    await expect.poll(() => asked).toBe(221);
    isAway = false;
    time.now += 60_001;
    await desk.sweep();
    const left = (): Promise<readonly unknown[]> => table.unscanned(time.now + 1);
    await expect.poll(left).toMatchObject([{ name: "poison" }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(221 + 121);
  });

  it("asks rules of one's own, with all that is known (row D24)", async () => {
    const asked: object[] = [];
    const scan: Scan = async ({ bytes, signal: _signal, ...about }) => {
      let count = 0;
      for await (const chunk of bytes) count += chunk.length;
      asked.push({ ...about, count });
      return "refused";
    };
    const { put, until } = await openDesk({ scan });
    const file = await put(PNG, "text/plain");
    if (typeof file === "string") throw new Error(file);
    const { fileId } = file;
    expect(await until(fileId, "refused")).toMatchObject({ code: "file/type-refused" });
    const about = { fileId, mediaType: "image/png", ownerId: "ada", conversationId: "a", size: PNG.length };
    expect(asked).toMatchObject([{ ...about, count: PNG.length }]);
  });
});

describe("files that nobody needs", () => {
  it("are deleted: tickets never used, files never sent, files of messages that are gone (rows G4, D25)", async () => {
    const { put, kept, bench, desk, time, table, ask } = await openDesk();
    const [sent, unsent] = [await put(PNG, "image/png"), await put(PNG, "image/png")];
    if (typeof sent === "string" || typeof unsent === "string") throw new Error("refused");
    const open = { type: "file.upload", conversationId: "a", fileId: newId() } as const;
    const ticket = await ask("ada", { ...open, name: "a", size: 3, mediaType: "image/png" });
    expect((ticket as UploadTicket).parts).toHaveLength(1);
    const shown = attachmentOf(sent);
    const { commandId: messageId } = await bench.accepted("ada", showing("a", shown));
    await desk.sweep();
    expect(kept().toSorted()).toEqual([sent.fileId, unsent.fileId].toSorted());
    time.now += 25 * HOUR_MS;
    await desk.sweep();
    expect(kept()).toEqual([sent.fileId]);
    expect(await table.find(open.fileId)).toBe(undefined);
    await bench.accepted("ada", { type: "message.delete", conversationId: "a", messageId });
    await desk.sweep();
    expect(kept()).toEqual([]);
  });

  it("are given up by their owner, unless a message shows them", async () => {
    const { put, kept, bench, ask } = await openDesk();
    const [sent, unsent] = [await put(PNG, "image/png"), await put(PNG, "image/png")];
    if (typeof sent === "string" || typeof unsent === "string") throw new Error("refused");
    const shown = attachmentOf(sent);
    await bench.accepted("ada", showing("a", shown));
    const cancel = (fileId: string) => ({ type: "file.cancel", conversationId: "a", fileId }) as const;
    expect(await ask("bob", cancel(unsent.fileId))).toBe("file/not-found");
    expect(await ask("ada", cancel(sent.fileId))).toBe("file/denied");
    expect(await ask("ada", cancel(unsent.fileId))).toEqual({ fileId: unsent.fileId });
    expect(await ask("ada", cancel(unsent.fileId))).toBe("file/not-found");
    expect(kept()).toEqual([sent.fileId]);
  });
});
