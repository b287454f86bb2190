import { createHash } from "node:crypto";
import type { PartAnswer } from "@tidings/core/uploads";
import { Damaged, type FileStore, type Upload } from "@tidings/server/testing";
import { SimulatedFault } from "../host-store.ts";
import type { Life } from "../life.ts";

/** What goes wrong with the machine that has the bytes, as the server sees it. */
export interface DepotFaults {
  /** So many calls do nothing, and say so. */
  failures: number;
  /** So many calls do their work, and then say that they failed. */
  lostAnswers: number;
  /** A call takes up to this long, ms. */
  delayMs: number;
}

/**
 * Where bytes of files are: a machine of its own, which survives the server. What is put in parts belongs to one upload, as at
 * S3; what is put at once lies apart until it is completed, as whoever has the address may put it again.
 */
export interface Depot {
  readonly faults: DepotFaults;
  /** The server's way to it; it ends with the server's life. */
  connect(life: Life): FileStore;
  /** Somebody puts a part, by an address. */
  put(url: string, headers: Readonly<Record<string, string>>, body: Bytes): PartAnswer;
  /** Somebody reads, by an address. */
  read(url: string): Bytes | undefined;
  /** What is complete, by file. */
  readonly objects: ReadonlyMap<string, Bytes>;
  /** Files of which something was put that is not complete. */
  incoming(): readonly string[];
  heal(): void;
}

export interface DepotOptions {
  readonly now: () => number;
  readonly chance: () => number;
  readonly onMishap: (name: string) => void;
}

export type Bytes = Uint8Array<ArrayBuffer>;

/** What an address is good for. */
interface Grant {
  readonly key: string;
  readonly expiresAt: number;
  /** Absent: for reading. */
  readonly part?: {
    readonly upload: Upload;
    readonly number: number;
    readonly length: number;
  };
}

interface Part {
  readonly etag: string;
  readonly bytes: Bytes;
}

const healthy: DepotFaults = { failures: 0, lostAnswers: 0, delayMs: 0 };
/** Of a part that is not the last: small, so that small files have several. */
const SMALL_PART = 1_500;
/** Of files of more than one piece on a device. */
const LARGE_PART = 400_000;
const LARGE = 100_000;

export function createDepot({ now, chance, onMishap }: DepotOptions): Depot {
  const faults: DepotFaults = { ...healthy };
  const grants: Grant[] = [];
  const objects = new Map<string, Bytes>();
  /** Put at once, by file. */
  const single = new Map<string, Part>();
  /** Put in parts, by upload. */
  const uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Part> }>();
  let begun = 0;

  const address = (grant: Grant): string => `depot:${grants.push(grant) - 1}`;
  const grantOf = (url: string): Grant | undefined => {
    const grant = grants[Number(url.slice("depot:".length))];
    return grant && grant.expiresAt > now() ? grant : undefined;
  };

  const count = (name: "failures" | "lostAnswers"): boolean => {
    if (faults[name] === 0) return false;
    faults[name] -= 1;
    onMishap(name === "failures" ? "depot failed" : "depot's answer lost");
    return true;
  };

  const reach = async <T>(life: Life, work: () => T): Promise<T> => {
    const { delayMs } = faults;
    if (delayMs > 0) await new Promise<void>((done) => life.after(chance() * delayMs, done));
    life.step();
    if (life.isOver) return new Promise<T>(() => {});
    if (count("failures")) throw new SimulatedFault("the depot is not there");
    const result = work();
    if (count("lostAnswers")) throw new SimulatedFault("the depot's answer was lost");
    life.step();
    return life.mortal(Promise.resolve(result));
  };

  const object = (key: string): Bytes => {
    const bytes = objects.get(key);
    if (!bytes) throw new SimulatedFault(`there is no ${key}`); // as whoever is told 404 by S3
    return bytes;
  };

  const partsOf = ({ key, uploadId }: Upload): ReadonlyMap<number, Part> => {
    if (uploadId !== undefined) return uploads.get(uploadId)?.parts ?? new Map<number, Part>();
    const one = single.get(key);
    return new Map(one ? [[1, one]] : []);
  };

  const assemble = (upload: Upload, numbers: readonly { number: number; etag: string }[]): void => {
    const put = partsOf(upload);
    const parts = numbers.map(({ number, etag }) => {
      const part = put.get(number);
      if (part?.etag !== etag) throw new Damaged(`part ${number} is not there`);
      return part.bytes;
    });
    if (parts.length === 0) throw new Damaged("there are no parts");
    objects.set(upload.key, new Uint8Array(Buffer.concat(parts)));
  };

  const forget = ({ key, uploadId }: Upload): void => {
    if (uploadId === undefined) single.delete(key);
    else uploads.delete(uploadId);
  };

  return {
    faults,
    objects,
    incoming: () => [...single.keys(), ...[...uploads.values()].map(({ key }) => key)],
    put(url, headers, body) {
      const { key, part } = grantOf(url) ?? {};
      if (!part || key === undefined) return { type: "stale" };
      const { upload, number, length } = part;
      if (headers["content-type"] !== upload.mediaType || body.length !== length) return { type: "stale" };
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      if (upload.uploadId === undefined) single.set(key, { etag, bytes: body });
      else {
        const parts = uploads.get(upload.uploadId)?.parts;
        if (!parts) return { type: "stale" };
        parts.set(number, { etag, bytes: body });
      }
      return { type: "arrived", etag };
    },
    read(url) {
      const { key, part } = grantOf(url) ?? {};
      return part || key === undefined ? undefined : objects.get(key);
    },
    heal: () => void Object.assign(faults, healthy),
    connect: (life) => ({
      partBytes: (size) => (size > LARGE ? LARGE_PART : SMALL_PART),
      begin({ key, size }) {
        if (size <= SMALL_PART) return Promise.resolve(undefined);
        return reach(life, () => {
          const uploadId = `upload ${(begun += 1)}`;
          uploads.set(uploadId, { key, parts: new Map() });
          return uploadId;
        });
      },
      async presign(upload, number, length, expiresAt) {
        const part = { upload, number, length };
        const headers = { "content-type": upload.mediaType };
        return { number, headers, url: address({ key: upload.key, expiresAt, part }) };
      },
      received: (upload) =>
        reach(life, () => [...partsOf(upload)].map(([number, { etag }]) => ({ number, etag }))),
      async complete(upload, parts) {
        await reach(life, () => {
          if (partsOf(upload).size > 0 || !objects.has(upload.key)) assemble(upload, parts);
        });
        await reach(life, () => forget(upload));
      },
      abort: (upload) => reach(life, () => forget(upload)),
      keep: () => Promise.reject(new Error("unable to keep a file; nobody imports any here")),
      size: (key) => reach(life, () => objects.get(key)?.length),
      first: (key, bytes) => reach(life, () => object(key).subarray(0, bytes)),
      async *stream(key, signal) {
        const bytes = await reach(life, () => object(key));
        signal.throwIfAborted();
        yield bytes.subarray(0, bytes.length >> 1);
        signal.throwIfAborted();
        yield bytes.subarray(bytes.length >> 1);
      },
      link: async (key, _served, expiresAt) => address({ key, expiresAt }),
      delete: (key) => reach(life, () => void objects.delete(key)),
    }),
  };
}
