import type { FastifyReply, FastifyRequest } from "fastify";
import type { Refusal } from "../store/store.ts";
import { LINK_ROUTE, type RouteModule } from "./http.ts";
import type { HttpLinks } from "./http-links.ts";
import { sendProblem } from "./problem.ts";

/** Beside its first message a request holds this much at most: short messages that waited, and its head. */
const MORE_BYTES = 65_536;

/** `POST …/link/…`, for clients that WebSockets do not reach. */
export function linkRoutes(links: HttpLinks, path: string, frameBytes: number): RouteModule {
  // Nobody opens an answer in a tab: the headers for pages, 0.5 kB with each, are left out but for one.
  const options = { bodyLimit: frameBytes + MORE_BYTES, helmet: false } as const;
  return (http) => {
    http.addHook("onClose", async () => links.stop());
    http.post<{ Params: { linkId: string }; Body: unknown }>(
      `${path.replace(/\/$/u, "")}${LINK_ROUTE}`,
      options,
      (request, reply) => exchange(links, request.params.linkId, request, reply),
    );
  };
}

async function exchange(
  links: HttpLinks,
  linkId: string,
  { raw, body }: Pick<FastifyRequest, "raw" | "body">,
  reply: FastifyReply,
): Promise<unknown> {
  const answer = links.exchange(raw, linkId, typeof body === "string" ? body : "");
  if ("ok" in answer) return sendProblem(reply, answer, statusOf(answer));
  reply.raw.once("close", () => answer.gone(reply.raw.writableFinished));
  const text = await answer.body;
  const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  return reply.headers(headers).type("text/plain; charset=utf-8").send(text);
}

/** A link that is not there is no fault of the server, which for the code alone it would be. */
function statusOf({ code }: Refusal): 404 | undefined {
  return code === "connection/lost" ? 404 : undefined;
}
