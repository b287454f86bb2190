import type { ErrorCode } from "../errors/codes.ts";
import type { UploadPart } from "../protocol/files.ts";

/** One file, and what was put of it. It goes by the media type it is said to have: nobody looks at the bytes. */
export interface MemoryFile {
  readonly fileId: string;
  readonly conversationId: string;
  readonly ownerId: string;
  readonly mediaType: string;
  readonly size: number;
  readonly createdAt: number;
  readonly previewOf?: string;
  readonly state: "open" | "ready";
  readonly fault?: ErrorCode;
  /** By number. */
  readonly parts: ReadonlyMap<number, ArrayBuffer>;
  /** Once it is ready. */
  readonly url?: string;
}

/** What of a request counts. */
export interface FileRequest {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: BodyInit | null;
}

export const PART_BYTES: number = 5 * 1_024 * 1_024;
const ORIGIN = "memory://files/";

/** All parts of a file, with addresses of this backend. */
export function partsOf({ fileId, mediaType, size }: MemoryFile): readonly UploadPart[] {
  const count = Math.ceil(size / PART_BYTES);
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    url: `${ORIGIN}${fileId}/${index + 1}`,
    headers: { "content-type": mediaType },
  }));
}

/** Takes a part, if it is what the ticket says; all else is refused, as by a store of files. */
export async function serveFile(
  files: Map<string, MemoryFile>,
  url: string,
  { method = "GET", headers = {}, body = null }: FileRequest = {},
): Promise<Response> {
  const [fileId = "", name] = url.startsWith(ORIGIN) ? url.slice(ORIGIN.length).split("/") : [];
  const bytes = await new Response(body).arrayBuffer();
  const file = files.get(fileId);
  const part = file && partsOf(file).find(({ number }) => String(number) === name);
  if (!file || !part || method !== "PUT" || file.state !== "open") return new Response(null, { status: 403 });
  const type = new Headers(headers).get("content-type");
  const length = Math.min(PART_BYTES, file.size - (part.number - 1) * PART_BYTES);
  if (type !== file.mediaType || bytes.byteLength !== length) return new Response(null, { status: 403 });
  files.set(fileId, { ...file, parts: new Map(file.parts).set(part.number, bytes) });
  return new Response(null, { status: 200, headers: { etag: etagOf(part.number) } });
}

export function etagOf(number: number): string {
  return `"${number}"`;
}
