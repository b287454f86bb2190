import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../engine/packets.ts";
import type { RouteModule } from "../gateway/http.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { Refusal } from "../store/store.ts";
import type { DiskStore } from "./disk-store.ts";
import { Damaged } from "./file-store.ts";
import type { Signer } from "./signed-urls.ts";

export interface DiskRoutesOptions {
  readonly store: DiskStore;
  readonly signer: Signer;
  /** Ms. */
  readonly now: () => number;
}

/** What an answer with somebody's file says, so that no page is made of it: it runs nothing, wherever it is opened. */
const guards = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "private, max-age=300",
};

/** `PUT` and `GET /files/…`, for those who have a signed address. Nobody is asked who they are. */
export function diskRoutes({ store, signer, now }: DiskRoutesOptions): RouteModule {
  const addressOf = ({ raw }: FastifyRequest): URL => new URL(raw.url ?? "/", "http://localhost");

  const put = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const address = addressOf(request);
    const { fileId, part } = signedPath(address);
    const length = Number(address.searchParams.get("content-length"));
    const isBound = ["content-type", "content-length"].every(
      (name) => request.headers[name] === address.searchParams.get(name),
    );
    if (!isBound || !signer.isSigned("PUT", address, now())) return sendProblem(reply, notSigned, 403);
    try {
      const etag = await store.put(fileId, Number(part), length, request.raw);
      if (etag === undefined) return sendProblem(reply, isOver);
      return reply.header("etag", etag).code(200).send();
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      return sendProblem(reply, notTaken);
    }
  };

  const get = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const address = addressOf(request);
    const { fileId } = signedPath(address);
    if (!signer.isSigned("GET", address, now())) return sendProblem(reply, notSigned, 403);
    const size = await store.size(fileId);
    if (size === undefined) return sendProblem(reply, notThere);
    const range = rangeOf(request.headers.range, size);
    const type = address.searchParams.get("content-type") ?? "application/octet-stream";
    void reply
      .headers({ ...guards, "accept-ranges": "bytes" })
      .header("content-disposition", address.searchParams.get("content-disposition") ?? "attachment")
      .type(type);
    if (!range) return reply.code(416).header("content-range", `bytes */${size}`).send();
    const { start, end, isWhole } = range;
    void reply.header("content-length", end - start + 1);
    if (!isWhole) void reply.code(206).header("content-range", `bytes ${start}-${end}/${size}`);
    return reply.send(store.read(fileId, start, end));
  };

  return (http) => {
    // Bytes go to the disk as they come: nothing reads them into memory.
    http.removeAllContentTypeParsers();
    http.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    http.put("/files/:fileId/:part", { helmet: false }, put);
    http.get("/files/:fileId", { helmet: false }, get);
  };
}

/** What was signed: a router reads a path that is written otherwise as another one. */
function signedPath({ pathname }: URL): { readonly fileId: string; readonly part: string } {
  const [, , fileId = "", part = ""] = pathname.split("/");
  return { fileId, part };
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly isWhole: boolean;
}

/** One stretch, as players of sound and video ask for; whatever else is asked gets all. Undefined: outside. */
function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/u.exec(header ?? "") ?? [];
  if (from === "" && to === "") return { start: 0, end: size - 1, isWhole: true };
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
  return start <= end ? { start, end, isWhole: false } : undefined;
}

const notSigned: Refusal = refuse(
  "file/denied",
  "unable to answer; the address is not signed for this, or has expired",
);
const notTaken: Refusal = refuse("file/damaged", "unable to take the part; it is of another length");
const isOver: Refusal = refuse("file/not-found", "unable to take the part; its upload is over");
const notThere: Refusal = refuse("file/not-found", "unable to answer; the file is gone");
