import cors, { type FastifyCorsOptions } from "@fastify/cors";
import helmet from "@fastify/helmet";
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import { refuse } from "../engine/packets.ts";
import type { EventLog } from "../log.ts";
import type { Meter } from "../observe/meter.ts";
import type { Refusal } from "../store/store.ts";
import { sendProblem } from "./problem.ts";

/** Adds some routes. What it does to the instance it is given, hooks and parsers, concerns its own routes only. */
export type RouteModule = (http: FastifyInstance) => void | Promise<void>;

export interface HttpOptions {
  readonly modules: readonly RouteModule[];
  /** May the page that asks, if it is one, use this server? */
  readonly isWelcome: (request: IncomingMessage) => boolean;
  /** How long whoever sent a request has to wait until it is looked at; 0 for not at all. */
  readonly waitMs: (request: IncomingMessage) => number | Promise<number>;
  readonly bodyBytes: number;
  readonly newId: () => string;
  /** How long a request may take to arrive. Default 10 s, enough for what is small. */
  readonly requestTimeoutMs?: number | undefined;
  readonly meter: Meter;
  readonly log: EventLog;
  readonly onFailure: (error: unknown) => void;
}

const HEAD_TIMEOUT_MS = 10_000;

/** How a route of links ends. */
export const LINK_ROUTE = "/link/:linkId";

type CorsAnswer = (error: null, options: FastifyCorsOptions) => void;

/** Requests are told apart by it, in logs and to whoever asks for help. */
const ID_HEADER = "x-request-id";

/** What pages of others may see of an answer. */
const exposedHeaders = [ID_HEADER, "etag", "retry-after", "idempotency-replayed"];

/** Ids are at most 128 code points, each up to 12 characters of a path. */
const LONGEST_PARAMETER = 1_536;

/** The HTTP side of the server: what all routes have in common, and the modules that bring them. */
export function createHttp({ modules, ...options }: HttpOptions): FastifyInstance {
  const http = fastify({
    logger: false,
    bodyLimit: options.bodyBytes,
    requestTimeout: options.requestTimeoutMs ?? HEAD_TIMEOUT_MS,
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    genReqId: ({ headers }) => givenId(headers[ID_HEADER]) ?? options.newId(),
  });
  http.server.headersTimeout = HEAD_TIMEOUT_MS; // also where bodies may take longer
  beCareful(http, options);
  tell(http, options);
  http.setNotFoundHandler((_request, reply) => sendProblem(reply, nothingHere, 404));
  http.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode >= 500) options.onFailure(error);
    return sendProblem(reply, refusalOf(statusCode), statusCode);
  });
  for (const module of modules) void http.register(async (scope) => module(scope));
  return http;
}

/** Measures and logs each request: its route and not its address, which may hold anything. */
function tell(http: FastifyInstance, { meter, log }: Omit<HttpOptions, "modules">): void {
  http.addHook(
    "onResponse",
    async ({ id, method, routeOptions }, { elapsedTime: ms, statusCode: status }) => {
      const { url: route } = routeOptions;
      if (!isAboutUs(route) && !isLink(route))
        meter.observe("http", ms / 1_000, `${Math.floor(status / 100)}xx`);
      log.debug({ requestId: id, method, route, status, ms }, "request");
    },
  );
}

/** Whoever asks how the server is learns it from the answer: that it is not well is no failure to answer. */
function isAboutUs(route: string | undefined): boolean {
  return route === "/metrics" || route?.startsWith("/health") === true;
}

/** A link's answers take as long as there is nothing to say. */
function isLink(route: string | undefined): boolean {
  return route?.endsWith(LINK_ROUTE) === true;
}

function beCareful(http: FastifyInstance, { isWelcome, waitMs }: Omit<HttpOptions, "modules">): void {
  void http.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurity },
    frameguard: { action: "deny" },
    hsts: { includeSubDomains: false },
  });
  http.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "permissions-policy": "camera=(), microphone=(), geolocation=()",
      [ID_HEADER]: request.id,
    });
    if (!isWelcome(request.raw)) return sendProblem(reply, foreignPage);
    // Whoever balances and watches shares an address with people; what they ask costs next to nothing.
    const wait = isAboutUs(request.routeOptions.url) ? 0 : await waitMs(request.raw);
    return wait === 0
      ? undefined
      : sendProblem(reply, refuse("protocol/busy", "unable to accept so many requests", wait));
  });
  void http.register(cors, () => (request: FastifyRequest, done: CorsAnswer) => {
    const origin = isWelcome(request.raw);
    done(null, {
      origin,
      exposedHeaders,
      methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
      maxAge: 600,
    });
  });
}

/** This is an endpoint for machines and for pages without foreign parts. */
const contentSecurity: Readonly<Record<string, readonly string[]>> = {
  "default-src": ["'self'"],
  "connect-src": ["'self'", "ws:", "wss:"],
  "img-src": ["'self'", "data:", "blob:"], // blob: files that are still on their way
  "media-src": ["'self'", "blob:"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "frame-ancestors": ["'none'"],
  "form-action": ["'self'"],
};

const nothingHere: Refusal = refuse(
  "command/unsupported",
  "unable to answer; there is nothing at this address",
);
const foreignPage: Refusal = refuse("auth/origin", "unable to answer; this page may not use the server");

/** One that whoever asks chose, if it is fit for a log. */
function givenId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" && /^[\w.:-]{1,64}$/u.test(header) ? header : undefined;
}

/** What Fastify refuses by itself, in our words: its own would repeat what was sent. */
function refusalOf(status: number): Refusal {
  if (status === 413)
    return refuse("protocol/too-large", "unable to read the request; its body is too large");
  if (status >= 500) return refuse("server/internal", "unable to answer; the server has a defect");
  return refuse("command/malformed", "unable to read the request; its body is not JSON");
}
