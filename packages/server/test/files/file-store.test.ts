import { randomBytes } from "node:crypto";
import dns from "node:dns";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { dirname, join } from "node:path";
import type { UploadPart } from "@tidings/core/protocol";
import { expect, it } from "vitest";
import { createDiskStore } from "../../src/files/disk-store.ts";
import { diskRoutes } from "../../src/files/disk-routes.ts";
import { dispositionOf, partBytesOf, partLengths } from "../../src/files/file-store.ts";
import { createS3Store } from "../../src/files/s3-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import { createHttp } from "../../src/gateway/http.ts";
import { silentLog } from "../../src/log.ts";
import { silentMeter } from "../../src/observe/meter.ts";
import { startS3 } from "../../src/testing/s3/s3.ts";
import { newId } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { fileStoreSuite } from "./file-store-suite.ts";

const MIB = 1_024 * 1_024;

async function openFolder() {
  const signer = createSigner("a secret of at least thirty-two bytes");
  let [baseUrl, late] = ["", 0];
  const dir = dirname(temporaryFile("x"));
  const store = createDiskStore({ dir, signer, baseUrl: () => baseUrl });
  const failures: unknown[] = [];
  const http = createHttp({
    modules: [diskRoutes({ store, signer, now: () => Date.now() + late })],
    ...{ isWelcome: () => true, waitMs: () => 0, bodyBytes: 1_000, newId },
    ...{ meter: silentMeter, log: silentLog, onFailure: (error) => void failures.push(error) },
  });
  await http.listen({ port: 0, host: "127.0.0.1" });
  const address = http.server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const later = (ms: number): void => void (late = ms);
  return { store, dir, now: Date.now, later, close: () => http.close().then(() => {}) };
}

fileStoreSuite("a folder", openFolder);

fileStoreSuite("S3", async () => {
  let late = 0;
  const service = await startS3({ now: () => Date.now() + late });
  const store = createS3Store({ ...service, isPathStyle: true, prefix: "chat/", now: Date.now });
  const later = (ms: number): void => void (late = ms);
  return { store, now: Date.now, later, close: () => service.close() };
});

/** Names under `localhost` are this machine, as browsers have it (RFC 6761) and few resolvers do. The function ends it. */
function resolveLocalNames(): () => void {
  const { lookup } = dns;
  const isLocal = (name: unknown): boolean => typeof name === "string" && name.endsWith(".localhost");
  const value = (name: unknown, ...more: readonly unknown[]): unknown =>
    Reflect.apply(lookup, dns, [isLocal(name) ? "127.0.0.1" : name, ...more]);
  const change = { configurable: true, writable: true, enumerable: true };
  Object.defineProperty(dns, "lookup", { ...change, value });
  return () => void Object.defineProperty(dns, "lookup", { ...change, value: lookup });
}

fileStoreSuite("S3, the bucket in the host", async () => {
  let late = 0;
  const endResolving = resolveLocalNames();
  const service = await startS3({ now: () => Date.now() + late });
  const { port } = new URL(service.endpoint);
  const store = createS3Store({ ...service, endpoint: `http://localhost:${port}`, now: Date.now });
  const later = (ms: number): void => void (late = ms);
  const close = (): Promise<void> => {
    endResolving();
    return service.close();
  };
  return { store, now: Date.now, later, close };
});

it("names the bucket of S3 in the host, unless told to name it in the path (row G2)", async () => {
  const account = {
    accessKeyId: "a",
    secretAccessKey: "b",
    region: "eu-1",
    bucket: "pictures",
    now: Date.now,
  };
  const endpoint = "https://s3.example:9000";
  const object = { key: "k", size: 1, mediaType: "text/plain" };
  const addressOf = async (isPathStyle?: boolean): Promise<string> => {
    const store = createS3Store({ ...account, endpoint, ...(isPathStyle && { isPathStyle }) });
    const { host, pathname } = new URL((await store.presign(object, 1, 1, Date.now())).url);
    return host + pathname;
  };
  expect(await addressOf()).toBe("pictures.s3.example:9000/k");
  expect(await addressOf(true)).toBe("s3.example:9000/pictures/k");
});

/** A folder by itself, and an upload whose parts are put past all addresses. */
async function inFolder(size: number) {
  const signer = createSigner("a secret");
  const baseUrl = (): string => "http://localhost";
  const store = createDiskStore({ dir: dirname(temporaryFile("x")), signer, baseUrl });
  const upload = { key: newId(), size, mediaType: "image/png" };
  await store.presign(upload, 1, size, Date.now() + 1_000);
  const put = async (number: number, bytes: Uint8Array, after: Promise<void> = Promise.resolve()) => {
    const body = async function* (): AsyncGenerator<Uint8Array> {
      await after;
      yield bytes;
    };
    return { number, etag: (await store.put(upload.key, number, bytes.length, body())) ?? "" };
  };
  const read = async (): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.stream(upload.key, new AbortController().signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return { store, upload, put, read };
}

/** As no `fetch` does it: the path goes out as it stands. */
async function putRaw(url: string, path: string, body: string, type: string): Promise<number> {
  const { hostname, port, search } = new URL(url);
  const headers = { "content-type": type, "content-length": body.length };
  const sent = request({ hostname, port, path: `${path}${search}`, method: "PUT", headers });
  sent.end(body);
  const [answer]: readonly IncomingMessage[] = await once(sent, "response");
  answer?.resume();
  return answer?.statusCode ?? 0;
}

it("puts a part where its address was signed for, however the path is written (row M4)", async () => {
  const { store, dir, close } = await openFolder();
  const upload = { key: newId(), size: 4, mediaType: "image/png" };
  const { url } = await store.presign(upload, 1, 4, Date.now() + 60_000);
  for (const path of [`/files/x\\..\\${upload.key}/1`, `/files/%2e%2e/files/${upload.key}/1`])
    await putRaw(url, path, "good", "image/png");
  expect(readdirSync(join(dir, "incoming"))).toEqual([upload.key]);
  expect(await putRaw(url, `/files/${upload.key}/1`, "good", "image/png")).toBe(200);
  await close();
});

it("takes parts as long as the upload lasts, and none of one that nobody began (row M4)", async () => {
  const { store, dir, close } = await openFolder();
  const upload = { key: newId(), size: 4, mediaType: "image/png" };
  const put = async ({ url, headers }: UploadPart) =>
    (await fetch(url, { method: "PUT", headers, body: "good" })).status;
  const part = await store.presign(upload, 1, 4, Date.now() + 60_000);
  expect(await put(part)).toBe(200);
  await store.complete(upload, await store.received(upload));
  expect(await put(part)).toBe(404);
  await store.delete(upload.key);
  expect(await put(part)).toBe(404);
  const other = { ...upload, key: newId() };
  const unused = await store.presign(other, 1, 4, Date.now() + 60_000);
  await store.abort(other);
  expect(await put(unused)).toBe(404);
  expect(readdirSync(join(dir, "incoming"))).toEqual([]);
  await close();
});

it("changes nothing of a complete file by a part that began before and arrives behind (row M4)", async () => {
  const { store, upload, put, read } = await inFolder(4);
  let arrive = (): void => {};
  const late = put(1, Buffer.from("evil"), new Promise((resolve) => (arrive = resolve)));
  const settled = late.catch(() => {});
  await store.complete(upload, [await put(1, Buffer.from("good"))]);
  arrive();
  await settled;
  expect((await read()).toString()).toBe("good");
});

it("makes the same file of its parts, however many at once say that it is complete", async () => {
  const bytes = randomBytes(12 * MIB);
  const { store, upload, put, read } = await inFolder(bytes.length);
  const parts = [
    await put(1, bytes.subarray(0, 5 * MIB)),
    await put(2, bytes.subarray(5 * MIB, 10 * MIB)),
    await put(3, bytes.subarray(10 * MIB)),
  ];
  const all = Array.from({ length: 4 }, () => store.complete(upload, parts));
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(all.map(() => "fulfilled"));
  expect((await read()).equals(bytes)).toBe(true);
});

it("goes on when S3 is not well for a moment, and refuses when its keys are wrong (row G2)", async () => {
  const service = await startS3();
  const store = createS3Store({ ...service, isPathStyle: true, now: Date.now });
  service.failNext(503, 2);
  expect(await store.size("nothing")).toBe(undefined);
  for (const wrong of [{ secretAccessKey: "x" }, { accessKeyId: "x" }, { region: "us-east-1" }]) {
    const stranger = createS3Store({ ...service, ...wrong, isPathStyle: true, now: Date.now });
    await expect(stranger.size("nothing")).rejects.toThrow("unable to HEAD at the storage; it answers 403");
    const { url, headers } = await stranger.presign(
      { key: newId(), size: 3, mediaType: "image/png" },
      1,
      3,
      Date.now() + 60_000,
    );
    const answer = await fetch(url, { method: "PUT", headers, body: "abc" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toMatch(
      /<Error><Code>(SignatureDoesNotMatch|InvalidAccessKeyId|Auth\w+)<\/Code>/u,
    );
  }
  const upload = { key: newId(), size: 7 * MIB, mediaType: "video/mp4" };
  const uploadId = (await store.begin(upload)) ?? "";
  const small = await store.presign({ ...upload, uploadId }, 1, 10, Date.now() + 60_000);
  const last = await store.presign({ ...upload, uploadId }, 2, 10, Date.now() + 60_000);
  const parts: { number: number; etag: string }[] = [];
  for (const { url, headers, number } of [small, last]) {
    const answer = await fetch(url, { method: "PUT", headers, body: Buffer.alloc(10) });
    parts.push({ number, etag: answer.headers.get("etag") ?? "" });
  }
  await expect(store.complete({ ...upload, uploadId }, parts)).rejects.toThrow("400 EntityTooSmall");
  expect(service.openUploads).toBe(1);
  await service.close();
});

it("does not take an upload at S3 for ended that is there still", async () => {
  const service = await startS3();
  const store = createS3Store({ ...service, isPathStyle: true, now: Date.now });
  const upload = { key: newId(), size: 7 * MIB, mediaType: "video/mp4" };
  const begun = { ...upload, uploadId: (await store.begin(upload)) ?? "" };
  service.failNext(503, 20);
  await expect(store.abort(begun)).rejects.toThrow("unable to DELETE at the storage; it answers 503");
  expect(service.openUploads).toBe(1);
  service.failNext(503, 0);
  await store.abort(begun);
  await store.abort(begun); // What is not there is what was asked for.
  expect(service.openUploads).toBe(0);
  await service.close();
});

it("reads a file from S3 for as long as its reader allows, not for the time of one request", async () => {
  const timeoutMs = 50;
  const slow = createServer((_asked, answer) => {
    answer.write("first ");
    setTimeout(() => answer.end("last"), 3 * timeoutMs);
  });
  await once(slow.listen(0, "127.0.0.1"), "listening");
  const address = slow.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const where = {
    endpoint,
    bucket: "b",
    isPathStyle: true,
    region: "x",
    accessKeyId: "k",
    secretAccessKey: "s",
  };
  const store = createS3Store({ ...where, now: Date.now, timeoutMs });
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.stream("key", new AbortController().signal)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("first last");
  await expect(store.first("key", 20)).rejects.toThrow("timeout");
  slow.close();
});

it("cuts files into parts that S3 takes", () => {
  expect(partLengths(5 * MIB)).toEqual([5 * MIB]);
  expect(partLengths(5 * MIB + 1)).toEqual([5 * MIB, 1]);
  for (const size of [1, 10 * MIB, 600 * MIB + 7, 50_000 * MIB]) {
    const lengths = partLengths(size);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(size);
    expect(lengths.length).toBeLessThanOrEqual(100);
    expect(lengths.slice(0, -1).every((length) => length === partBytesOf(size))).toBe(true);
  }
});

it("hands out by a CDN what is signed for it (row G7)", async () => {
  const service = await startS3();
  const signer = createSigner("what the edge knows too");
  const cdn = { url: "https://cdn.example/media/", signer };
  const store = createS3Store({ ...service, isPathStyle: true, cdn, now: Date.now });
  const expiresAt = Date.now() + 1_000;
  const address = new URL(
    await store.link("key", { name: "a.png", mediaType: "image/png", isInline: true }, expiresAt),
  );
  expect(address.origin + address.pathname).toBe("https://cdn.example/media/key");
  expect(signer.isSigned("GET", address, Date.now())).toBe(true);
  expect(signer.isSigned("GET", address, expiresAt)).toBe(false);
  address.searchParams.set("response-content-type", "text/html");
  expect(signer.isSigned("GET", address, Date.now())).toBe(false);
  await service.close();
});

it("hands out by addresses that the protocol takes, however long a name and its keys are", async () => {
  const name = `${"\u{1F600}".repeat(250)}.jpeg`;
  const served = { name, mediaType: "image/jpeg", isInline: true };
  const where = { endpoint: "https://s3.example", bucket: "b", region: "x", accessKeyId: "k" };
  const keys = { secretAccessKey: "s", sessionToken: "+".repeat(1_600) };
  const store = createS3Store({ ...where, ...keys, now: Date.now });
  expect((await store.link(newId(), served, Date.now() + 1_000)).length).toBeLessThanOrEqual(8_192);
  const [, kept = ""] = dispositionOf(served).split("UTF-8''");
  expect(decodeURIComponent(kept)).toBe(`${"\u{1F600}".repeat(62)}.jpeg`);
});
