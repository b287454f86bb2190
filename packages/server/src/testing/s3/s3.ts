import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type S3Account, signatureFault } from "./signature.ts";

/** An object storage of one bucket that lives in this process, and refuses what S3 refuses. */
export interface S3Service extends S3Account {
  /** To be used with the bucket in the path; or in the host, where names under `localhost` lead to this machine. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Keys of the objects there are. */
  readonly keys: readonly string[];
  /** Uploads in parts that are neither completed nor given up. */
  readonly openUploads: number;
  /** Answers the next requests with this status, as a storage that is not well. */
  failNext(status: number, count: number): void;
  close(): Promise<void>;
}

interface StoredObject {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

interface OpenUpload {
  readonly key: string;
  readonly type: string;
  readonly parts: Map<number, StoredObject>;
}

const LEAST_PART = 5 * 1_024 * 1_024;

class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

interface Call {
  readonly request: IncomingMessage;
  readonly reply: ServerResponse;
  readonly url: URL;
  readonly key: string;
  readonly body: Buffer;
}

/** Signatures are checked (version 4, header and query), and the rules of uploads in parts are S3's. */
export async function startS3({ now = Date.now }: { readonly now?: () => number } = {}): Promise<S3Service> {
  const account = { accessKeyId: "AKIATIDINGS", secretAccessKey: randomUUID(), region: "eu-test-1" };
  const bucket = "attachments";
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, OpenUpload>();
  let failures = { status: 503, count: 0 };

  const put = ({ request, reply, url, key, body }: Call): void => {
    const number = Number(url.searchParams.get("partNumber"));
    const stored = storedOf(body, request.headers["content-type"]);
    if (number > 0) uploadOf(url, key).parts.set(number, stored);
    else objects.set(key, stored);
    reply.writeHead(200, { etag: stored.etag }).end();
  };

  const uploadOf = (url: URL, key: string): OpenUpload => {
    const upload = uploads.get(url.searchParams.get("uploadId") ?? "");
    if (upload?.key !== key) throw new S3Error(404, "NoSuchUpload");
    return upload;
  };

  const post = ({ request, reply, url, key, body }: Call): void => {
    if (url.searchParams.has("uploads")) {
      const uploadId = randomUUID();
      uploads.set(uploadId, { key, type: request.headers["content-type"] ?? "", parts: new Map() });
      return xml(
        reply,
        `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const upload = uploadOf(url, key);
    const parts = completed(upload, body.toString());
    const whole = Buffer.concat(parts.map((part) => part.body));
    const etag = `"${md5(Buffer.concat(parts.map((part) => Buffer.from(md5(part.body), "hex"))))}-${parts.length}"`;
    objects.set(key, { body: whole, type: upload.type, etag });
    uploads.delete(url.searchParams.get("uploadId") ?? "");
    xml(reply, `<CompleteMultipartUploadResult><ETag>${escape(etag)}</ETag></CompleteMultipartUploadResult>`);
  };

  const get = ({ request, reply, url, key }: Call): void => {
    if (url.searchParams.has("uploadId")) {
      const parts = [...uploadOf(url, key).parts].map(
        ([number, { etag, body }]) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>${escape(etag)}</ETag><Size>${body.length}</Size></Part>`,
      );
      return xml(
        reply,
        `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.join("")}</ListPartsResult>`,
      );
    }
    const object = objects.get(key);
    if (!object) throw new S3Error(404, "NoSuchKey");
    const { type, etag, body } = object;
    const [, from, to] = /^bytes=(\d+)-(\d+)$/u.exec(request.headers.range ?? "") ?? [];
    const sent = from === undefined ? body : body.subarray(Number(from), Number(to) + 1);
    const disposition = url.searchParams.get("response-content-disposition");
    reply.writeHead(from === undefined ? 200 : 206, {
      "content-type": url.searchParams.get("response-content-type") ?? type,
      "content-length": sent.length,
      etag,
      ...(disposition !== null && { "content-disposition": disposition }),
    });
    reply.end(request.method === "HEAD" ? undefined : sent);
  };

  const remove = ({ reply, url, key }: Call): void => {
    if (url.searchParams.has("uploadId")) {
      uploadOf(url, key);
      uploads.delete(url.searchParams.get("uploadId") ?? "");
    } else objects.delete(key);
    reply.writeHead(204).end();
  };

  const methods: Readonly<Record<string, (call: Call) => void>> = {
    ...{ PUT: put, POST: post, GET: get, HEAD: get, DELETE: remove },
  };

  const handle = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const body = await bodyOf(request);
    if (failures.count > 0) {
      failures = { ...failures, count: failures.count - 1 };
      throw new S3Error(failures.status, "SlowDown");
    }
    const fault = signatureFault(request, url, account, now());
    if (fault) throw new S3Error(403, fault);
    const isInHost = url.hostname.startsWith(`${bucket}.`);
    const [, named, ...path] = `${isInHost ? `/${bucket}` : ""}${url.pathname}`.split("/");
    if (named !== bucket) throw new S3Error(404, "NoSuchBucket");
    const act = methods[request.method ?? ""];
    if (!act) throw new S3Error(405, "MethodNotAllowed");
    act({ request, reply, url, body, key: decodeURIComponent(path.join("/")) });
  };

  const server = createServer((request, reply) => {
    // As a bucket that pages may use: they read the etag of what they have put.
    reply.setHeader("access-control-allow-origin", "*");
    reply.setHeader("access-control-allow-methods", "GET, PUT");
    reply.setHeader("access-control-allow-headers", "*");
    reply.setHeader("access-control-expose-headers", "etag");
    if (request.method === "OPTIONS") return void reply.writeHead(200).end();
    handle(request, reply).catch((error: unknown) => {
      const { status, code } = error instanceof S3Error ? error : new S3Error(500, "InternalError");
      reply.writeHead(status, { "content-type": "application/xml" });
      reply.end(request.method === "HEAD" ? undefined : `<Error><Code>${code}</Code></Error>`);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    ...account,
    bucket,
    endpoint: `http://127.0.0.1:${port}`,
    get keys() {
      return [...objects.keys()];
    },
    get openUploads() {
      return uploads.size;
    },
    failNext(status, count) {
      failures = { status, count };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** In the order of their numbers, as they were put, and none but the last too small. */
function completed({ parts }: OpenUpload, xmlBody: string): readonly StoredObject[] {
  const listed = [...xmlBody.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/gu)];
  if (listed.length === 0) throw new S3Error(400, "MalformedXML");
  let last = 0;
  return listed.map(([, number = "", etag = ""], index) => {
    const part = parts.get(Number(number));
    if (Number(number) <= last) throw new S3Error(400, "InvalidPartOrder");
    last = Number(number);
    if (!part || part.etag !== etag.replaceAll("&quot;", '"')) throw new S3Error(400, "InvalidPart");
    if (index < listed.length - 1 && part.body.length < LEAST_PART) throw new S3Error(400, "EntityTooSmall");
    return part;
  });
}

function storedOf(body: Buffer, type: string | undefined): StoredObject {
  return { body, type: type ?? "binary/octet-stream", etag: `"${md5(body)}"` };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function xml(reply: ServerResponse, text: string): void {
  reply.writeHead(200, { "content-type": "application/xml" });
  reply.end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}

function escape(text: string): string {
  return text.replaceAll('"', "&quot;");
}

function md5(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}
