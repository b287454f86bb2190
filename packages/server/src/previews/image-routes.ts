import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../engine/packets.ts";
import type { Signer } from "../files/signed-urls.ts";
import type { RouteModule } from "../gateway/http.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { Refusal } from "../store/store.ts";
import type { PreviewImages } from "./images.ts";

/** What an answer with a stranger's picture says, so that it is a picture wherever it is opened. */
const guards = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
  "referrer-policy": "no-referrer",
  "content-disposition": "inline",
  "cache-control": "private, max-age=3600",
};

/** `GET /previews/…`, for those who have a signed address. Nobody is asked who they are. */
export function imageRoutes(images: PreviewImages, signer: Signer, now: () => number): RouteModule {
  const get = async ({ raw }: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const address = new URL(raw.url ?? "/", "http://localhost");
    if (!signer.isSigned("GET", address, now())) return sendProblem(reply, notSigned, 403);
    const found = await images.find(address.pathname.split("/")[2] ?? "");
    if (!found) return sendProblem(reply, notThere);
    return reply.headers(guards).type(found.mediaType).send(found.body);
  };
  return (http) => void http.get("/previews/:key", { helmet: false }, get);
}

const notSigned: Refusal = refuse(
  "file/denied",
  "unable to answer; the address is not signed for this, or has expired",
);
const notThere: Refusal = refuse("file/not-found", "unable to answer; there is no such picture");
