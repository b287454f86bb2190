import { createHash, randomBytes } from "node:crypto";
import type { UploadedPart, UploadPart } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Damaged, type FileStore, partLengths, type Upload } from "../../src/files/file-store.ts";
import { newId } from "../support/raw-client.ts";

const MIB = 1_024 * 1_024;

export interface OpenFileStore {
  readonly store: FileStore;
  /** Ms. */
  now(): number;
  /** From now on it is so much later for whoever looks at addresses. */
  later(ms: number): void;
  close(): Promise<void>;
}

/** What a store of files promises, those who put and read by its addresses included. */
export function fileStoreSuite(name: string, open: () => Promise<OpenFileStore>): void {
  describe(`the contract of a store of files: ${name}`, () => {
    let opened: OpenFileStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const begin = async (size: number, mediaType = "image/png"): Promise<Upload> => {
      const object = { key: newId(), size, mediaType };
      const uploadId = await opened.store.begin(object);
      return { ...object, ...(uploadId !== undefined && { uploadId }) };
    };
    const soon = (): number => opened.now() + 60_000;
    const addresses = (upload: Upload): Promise<readonly UploadPart[]> =>
      Promise.all(
        partLengths(upload.size).map((length, index) =>
          opened.store.presign(upload, index + 1, length, soon()),
        ),
      );
    const put = ({ url, headers }: UploadPart, body: Uint8Array): Promise<Response> =>
      fetch(url, { method: "PUT", headers, body: Buffer.from(body) });
    const putAll = async (upload: Upload, bytes: Uint8Array): Promise<readonly UploadedPart[]> => {
      const parts: UploadedPart[] = [];
      let start = 0;
      for (const [index, part] of (await addresses(upload)).entries()) {
        const end = start + (partLengths(upload.size)[index] ?? 0);
        const answer = await put(part, bytes.subarray(start, end));
        expect(answer.status).toBe(200);
        parts.push({ number: part.number, etag: answer.headers.get("etag") ?? "" });
        start = end;
      }
      return parts;
    };
    const read = async (key: string): Promise<Buffer> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of opened.store.stream(key, new AbortController().signal)) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const served = { name: "Grüße & (co).png", mediaType: "image/png", isInline: true };

    it("takes a small file at once, and hands it out as it is told (rows G1, G7)", async () => {
      const { store } = opened;
      const bytes = randomBytes(3_000);
      const upload = await begin(bytes.length);
      expect(await store.received(upload)).toEqual([]);
      const parts = await putAll(upload, bytes);
      expect(await store.received(upload)).toEqual(parts);
      expect(await store.size(upload.key)).toBe(undefined);
      await store.complete(upload, parts);
      await store.complete(upload, parts);
      expect(await store.size(upload.key)).toBe(3_000);
      expect(Buffer.from(await store.first(upload.key, 100)).equals(bytes.subarray(0, 100))).toBe(true);
      expect(Buffer.from(await store.first(upload.key, 4_096)).equals(bytes)).toBe(true);
      expect((await read(upload.key)).equals(bytes)).toBe(true);
      const answer = await fetch(await store.link(upload.key, served, soon()));
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
      expect(answer.headers.get("content-disposition")).toBe(
        `inline; filename="Gr__e _ (co).png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%26%20%28co%29.png`,
      );
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      const part = await fetch(await store.link(upload.key, served, soon()), {
        headers: { range: "bytes=10-19" },
      });
      expect(part.status).toBe(206);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    });

    it("takes a large file in parts, in any order, and knows which are there (row G1)", async () => {
      const { store } = opened;
      const bytes = randomBytes(12 * MIB);
      const upload = await begin(bytes.length);
      const [first, second, third] = await addresses(upload);
      if (!first || !second || !third) throw new Error("too few parts");
      const bodies = [
        bytes.subarray(0, 5 * MIB),
        bytes.subarray(5 * MIB, 10 * MIB),
        bytes.subarray(10 * MIB),
      ];
      for (const [part, index] of [
        [third, 2],
        [first, 0],
      ] as const)
        expect((await put(part, bodies[index] ?? bytes)).status).toBe(200);
      const numbers = async () =>
        (await store.received(upload)).map(({ number }) => number).sort((one, other) => one - other);
      expect(await numbers()).toEqual([1, 3]);
      const early = [...(await store.received(upload)), { number: 2, etag: '"00"' }];
      early.sort((one, other) => one.number - other.number);
      await expect(store.complete(upload, early)).rejects.toBeInstanceOf(Damaged);
      expect((await put(second, bodies[1] ?? bytes)).status).toBe(200);
      const parts = [...(await store.received(upload))].sort((one, other) => one.number - other.number);
      await store.complete(upload, parts);
      await store.complete(upload, parts);
      const digest = (of: Uint8Array) => createHash("sha256").update(of).digest("hex");
      expect(digest(await read(upload.key))).toBe(digest(bytes));
      expect((await put(second, bodies[0] ?? bytes)).ok).toBe(false);
      expect(digest(await read(upload.key))).toBe(digest(bytes));
    });

    it("takes nothing but what the address was signed for (row M4)", async () => {
      const { store } = opened;
      const upload = await begin(10);
      const [part] = await addresses(upload);
      if (!part) throw new Error("no part");
      const { url, headers } = part;
      const body = Buffer.alloc(10);
      const statusOf = async (address: string, init: RequestInit): Promise<number> =>
        (await fetch(address, { method: "PUT", headers, body, ...init })).status;
      const tampered = (name: string, value: string): string => {
        const address = new URL(url);
        address.searchParams.set(name, value);
        return address.href;
      };
      expect(await statusOf(url, { headers: { "content-type": "text/html" } })).toBe(403);
      expect(await statusOf(url, { body: Buffer.alloc(11) })).toBe(403);
      expect(await statusOf(url, { body: Buffer.alloc(9) })).toBe(403);
      expect(await statusOf(url.replace(upload.key, newId()), {})).toBe(403);
      expect(await statusOf(tampered("X-Amz-Expires", "600000"), {})).toBe(403);
      expect(await statusOf(tampered("expires", "9999999999999"), {})).toBe(403);
      expect(await statusOf(url, { method: "POST" })).toBeGreaterThanOrEqual(400);
      expect((await fetch(url)).ok).toBe(false);
      opened.later(61_000);
      expect(await statusOf(url, {})).toBe(403);
      opened.later(0);
      expect(await store.received(upload)).toEqual([]);
      expect(await statusOf(url, {})).toBe(200);
    });

    it("does not change what is complete, whoever still has the address (row M4)", async () => {
      const { store } = opened;
      const upload = await begin(4);
      const [part] = await addresses(upload);
      if (!part) throw new Error("no part");
      await store.complete(upload, await putAll(upload, Buffer.from("good")));
      expect((await put(part, Buffer.from("evil"))).ok).toBe(false);
      // As a second word that it is complete, which began before the first was through.
      await store.complete(upload, await store.received(upload));
      expect((await read(upload.key)).toString()).toBe("good");
    });

    it("hands nothing out that is gone, or by an address that was changed", async () => {
      const { store } = opened;
      const [upload, other] = [await begin(4), await begin(4)];
      await store.complete(upload, await putAll(upload, Buffer.from("mine")));
      await store.complete(other, await putAll(other, Buffer.from("sole")));
      const address = await store.link(upload.key, served, soon());
      expect((await fetch(address.replace(upload.key, other.key))).status).toBe(403);
      expect((await fetch(address.replaceAll("image%2Fpng", "text%2Fhtml"))).status).toBe(403);
      expect((await fetch(address, { method: "PUT", body: "evil" })).ok).toBe(false);
      await store.delete(upload.key);
      await store.delete(upload.key);
      expect((await fetch(address)).status).toBe(404);
      expect(await store.size(upload.key)).toBe(undefined);
      await store.delete(other.key);
    });

    it("forgets what was given up", async () => {
      const { store } = opened;
      for (const size of [10, 6 * MIB]) {
        const upload = await begin(size);
        const parts = await putAll(upload, Buffer.alloc(size));
        await store.abort(upload);
        await store.abort(upload);
        expect(await store.received(upload)).toEqual([]);
        await expect(store.complete(upload, parts)).rejects.toBeInstanceOf(Damaged);
      }
    });
  });
}
