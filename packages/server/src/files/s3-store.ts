import { AwsClient, AwsV4Signer } from "aws4fetch";
import type { UploadedPart } from "@tidings/core/protocol";
import { Damaged, dispositionOf, type FileStore, partBytesOf } from "./file-store.ts";
import type { Signer } from "./signed-urls.ts";

/** Where a bucket is, and who may use it. */
export interface S3Options {
  /** `"https://s3.eu-central-1.amazonaws.com"`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** The bucket is named in the path, not in the host: MinIO, Supabase. */
  readonly isPathStyle?: boolean;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** What all keys begin with. */
  readonly prefix?: string;
}

export interface S3StoreOptions extends S3Options {
  /** Where files are read instead, and how those addresses are signed. */
  readonly cdn?: { readonly url: string; readonly signer: Signer } | undefined;
  /** Ms. */
  readonly now: () => number;
  /** How long one request may take; a file being read takes as long as whoever reads it allows. 30 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/** Any storage that speaks S3: three kinds of requests need no SDK. What is put goes past this server. */
export function createS3Store({
  endpoint,
  bucket,
  isPathStyle = false,
  prefix = "",
  cdn,
  now,
  timeoutMs = TIMEOUT_MS,
  ...credentials
}: S3StoreOptions): FileStore {
  const base = bucketAddress(endpoint, bucket, isPathStyle);
  const aws = new AwsClient({ ...credentials, service: "s3", retries: RETRIES });
  const address = (key: string, query: Readonly<Record<string, string>> = {}): URL => {
    const url = new URL(`${base}/${prefix}${key}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  const ask = async (
    method: string,
    url: URL,
    { headers = {}, body, signal = AbortSignal.timeout(timeoutMs) }: Ask = {},
  ): Promise<Response> => aws.fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
  const done = async (method: string, url: URL, given?: Ask): Promise<string> => {
    const answer = await ask(method, url, given);
    const text = await answer.text();
    // Completing may take so long that its failure comes behind a 200.
    if (answer.ok && !text.includes("<Error>")) return text;
    throw refusalOf(method, answer.status, text);
  };
  const presigned = async (
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    expiresAt: number,
  ): Promise<string> => {
    url.searchParams.set("X-Amz-Expires", String(Math.max(1, Math.ceil((expiresAt - now()) / 1_000))));
    const options = {
      ...credentials,
      service: "s3",
      method,
      url: url.href,
      headers,
      signQuery: true,
      allHeaders: true,
    };
    return (await new AwsV4Signer(options).sign()).url.href;
  };

  return {
    // Small ones too, as their only part: an upload is completed once, and what is put by its addresses then is refused. An
    // object could be put again until they expire, also behind whoever has looked through it.
    async begin(object) {
      const headers = { "content-type": object.mediaType };
      const [uploadId] = textsOf(
        await done("POST", address(object.key, { uploads: "" }), { headers }),
        "UploadId",
      );
      if (uploadId === undefined) throw new Error("unable to begin an upload; the storage names none");
      return uploadId;
    },
    async presign({ key, uploadId = "", mediaType }, number, length, expiresAt) {
      const part = { partNumber: String(number), uploadId };
      const headers = { "content-type": mediaType };
      const bound = { ...headers, "content-length": String(length) };
      return { number, headers, url: await presigned("PUT", address(key, part), bound, expiresAt) };
    },
    async received({ key, uploadId = "" }) {
      const answer = await ask("GET", address(key, { uploadId, "max-parts": "1000" }));
      const text = await answer.text();
      if (answer.status === 404) return [];
      if (!answer.ok) throw refusalOf("GET", answer.status, text);
      return textsOf(text, "Part").flatMap((part) => {
        const [number] = textsOf(part, "PartNumber");
        const [etag] = textsOf(part, "ETag");
        return number === undefined || etag === undefined
          ? []
          : [{ number: Number(number), etag: unescape(etag) }];
      });
    },
    async complete({ key, uploadId = "" }, parts) {
      const listed = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escape(etag)}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`;
      try {
        await done("POST", address(key, { uploadId }), { body });
      } catch (error) {
        if (await this.size(key)) return; // It was completed before, and only the answer got lost.
        if (error instanceof Refused && error.isAboutParts)
          throw new Damaged(error.message, { cause: error });
        throw error;
      }
    },
    async keep(object, bytes) {
      const uploadId = await this.begin(object);
      const upload = { ...object, ...(uploadId !== undefined && { uploadId }) };
      const parts: UploadedPart[] = [];
      try {
        for await (const part of inParts(bytes, object.size)) {
          const number = parts.length + 1;
          const { url, headers } = await this.presign(upload, number, part.length, now() + timeoutMs);
          const signal = AbortSignal.timeout(timeoutMs);
          const answer = await fetch(url, { method: "PUT", headers: { ...headers }, body: part, signal });
          const etag = answer.headers.get("etag");
          if (!answer.ok || etag === null) throw refusalOf("PUT", answer.status, await answer.text());
          parts.push({ number, etag });
        }
        await this.complete(upload, parts);
      } catch (error) {
        await this.abort(upload);
        throw error;
      }
    },
    async abort({ key, uploadId = "" }) {
      const answer = await ask("DELETE", address(key, { uploadId }));
      const text = await answer.text();
      if (!answer.ok && answer.status !== 404) throw refusalOf("DELETE", answer.status, text);
    },
    async size(key) {
      const answer = await ask("HEAD", address(key));
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw refusalOf("HEAD", answer.status, "");
      return Number(answer.headers.get("content-length"));
    },
    async first(key, bytes) {
      const answer = await ask("GET", address(key), { headers: { range: `bytes=0-${bytes - 1}` } });
      if (!answer.ok) throw refusalOf("GET", answer.status, await answer.text());
      return new Uint8Array(await answer.arrayBuffer()).subarray(0, bytes);
    },
    async *stream(key, signal) {
      const answer = await ask("GET", address(key), { signal });
      if (!answer.ok || !answer.body) throw refusalOf("GET", answer.status, await answer.text());
      yield* answer.body;
    },
    async link(key, served, expiresAt) {
      const query = {
        "response-content-type": served.mediaType,
        "response-content-disposition": dispositionOf(served),
      };
      if (!cdn) return presigned("GET", address(key, query), {}, expiresAt);
      const url = new URL(`${cdn.url.replace(/\/$/u, "")}/${prefix}${key}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return cdn.signer.sign("GET", url, expiresAt);
    },
    async delete(key) {
      await done("DELETE", address(key));
    },
  };
}

/** Of all bytes together as many as were said, in parts as long as those that clients put. */
async function* inParts(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const length = partBytesOf(size);
  let held: Uint8Array[] = [];
  let count = 0;
  let total = 0;
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length;) {
      const some = chunk.subarray(from, from + length - count);
      held.push(some);
      count += some.length;
      from += some.length;
      if (count < length) continue;
      yield Buffer.concat(held);
      [held, count] = [[], 0];
    }
    total += chunk.length;
  }
  if (total !== size) throw new Damaged("not as many bytes as were said");
  if (count > 0 || size === 0) yield Buffer.concat(held);
}

function bucketAddress(endpoint: string, bucket: string, isPathStyle: boolean): string {
  const url = new URL(endpoint);
  if (isPathStyle) url.pathname = `${url.pathname.replace(/\/$/u, "")}/${bucket}`;
  else url.hostname = `${bucket}.${url.hostname}`;
  return url.href.replace(/\/$/u, "");
}

interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** What the storage said: its code, never its words, which may repeat keys. */
class Refused extends Error {
  readonly isAboutParts: boolean;

  constructor(method: string, status: number, code: string) {
    super(`unable to ${method} at the storage; it answers ${status} ${code}`);
    this.isAboutParts = PART_CODES.has(code);
  }
}

const PART_CODES = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "NoSuchUpload"]);

function refusalOf(method: string, status: number, text: string): Refused {
  return new Refused(method, status, textsOf(text, "Code")[0] ?? "");
}

/** What stands between the tags of one name: S3's answers are flat, and ours alone to read. */
function textsOf(xml: string, tag: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gsu"))].map(([, text = ""]) => text);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function unescape(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#34;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}
