import fastify, { type FastifyInstance } from "fastify";
import { serveFolder } from "./serve-folder.ts";

/** Headers of every answer: this is an endpoint for machines and a page without foreign parts. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export interface Health {
  /** `"draining"`: it answers what it has taken and takes nothing new; a load balancer should look elsewhere. */
  readonly status: "ok" | "draining";
  readonly version: string;
  readonly uptimeMs: number;
  readonly connections: number;
}

export interface HttpOptions {
  readonly health: () => Health;
  readonly serve: { readonly dir: string } | undefined;
}

export function createHttp({ health, serve }: HttpOptions): FastifyInstance {
  const http = fastify({
    logger: false,
    bodyLimit: 65_536,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    return503OnClosing: true,
  });
  http.addHook("onRequest", async (_request, reply) => void reply.headers(securityHeaders));
  http.get("/health", async (_request, reply) => {
    const state = health();
    return reply
      .code(state.status === "ok" ? 200 : 503)
      .header("cache-control", "no-store")
      .send(state);
  });
  if (serve) serveFolder(http, serve.dir);
  return http;
}
