import type { UploadedPart, UploadPart } from "@tidings/core/protocol";

/** Where the bytes of files are: somebody's object storage, or a folder. One suite (`file-store-suite.ts`) holds both. */
export interface FileStore {
  /** Of all parts but the last of a file of this size. Default: `partBytesOf`, which S3 asks for. */
  partBytes?(size: number): number;
  /** @returns what tells an upload in parts from others of the same file; undefined for one put at once. */
  begin(object: NewObject): Promise<string | undefined>;
  /** Where a part is to be put: with these headers, of this length, by then. */
  presign(upload: Upload, number: number, length: number, expiresAt: number): Promise<UploadPart>;
  /** What was put so far. */
  received(upload: Upload): Promise<readonly UploadedPart[]>;
  /**
   * Makes one object of the parts. From here on nobody who has their addresses can change it.
   *
   * @throws {Damaged} if one is missing.
   */
  complete(upload: Upload, parts: readonly UploadedPart[]): Promise<void>;
  /** Gives up what was put and not completed. */
  abort(upload: Upload): Promise<void>;
  /**
   * Puts a whole object, from this very process, in place of what there is.
   *
   * @throws {Damaged} if there are more bytes, or fewer, than were said.
   */
  keep(object: NewObject, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes of an object; undefined if there is none. */
  size(key: string): Promise<number | undefined>;
  /** The first bytes of an object. */
  first(key: string, bytes: number): Promise<Uint8Array>;
  /** All of an object, a little at a time. */
  stream(key: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Where an object can be read by whoever has the address. */
  link(key: string, served: Served, expiresAt: number): Promise<string>;
  /** What is not there is deleted. */
  delete(key: string): Promise<void>;
}

/** What is going to be put. */
export interface NewObject {
  readonly key: string;
  readonly size: number;
  readonly mediaType: string;
}

/** What is being put. */
export interface Upload extends NewObject {
  readonly uploadId?: string;
}

/** How an object is handed out. */
export interface Served {
  readonly name: string;
  readonly mediaType: string;
  /** To be shown by a browser; else it only saves it. */
  readonly isInline: boolean;
}

/** What was put is not what was said. */
export class Damaged extends Error {}

const MIB = 1_024 * 1_024;
/** What S3 takes at least for a part that is not the last. */
const LEAST_PART = 5 * MIB;
const MOST_PARTS = 100;

/** Of all parts but the last; up to five MiB there is one. */
export function partBytesOf(size: number): number {
  return Math.max(LEAST_PART, Math.ceil(size / MOST_PARTS / MIB) * MIB);
}

/** The bytes of each part, from the first. */
export function partLengths(size: number, bytes: number = partBytesOf(size)): readonly number[] {
  const count = Math.max(1, Math.ceil(size / bytes));
  return Array.from({ length: count }, (_, index) => Math.min(bytes, size - index * bytes));
}

/** No file system keeps a longer name; all of what the protocol takes would make an address too long for it. */
const NAME_BYTES = 255;

/** RFC 6266: the name for old programs, then for all others. */
export function dispositionOf({ name: whole, isInline }: Served): string {
  const name = shortened(whole);
  const plain = name.replace(/[^\w .()-]/gu, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `${isInline ? "inline" : "attachment"}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Its ending stays, which says to many what it is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  const [ending = ""] = /\.\w{1,16}$/.exec(name) ?? [];
  const room = NAME_BYTES - ending.length;
  // A sign that is cut off in its middle is left out.
  return `${new TextDecoder().decode(Buffer.from(name).subarray(0, room), { stream: true })}${ending}`;
}
