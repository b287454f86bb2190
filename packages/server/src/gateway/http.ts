import fastify, { type FastifyInstance } from "fastify";

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

/** Adds some routes. What it does to the instance it is given, hooks and parsers, concerns its own routes only. */
export type RouteModule = (http: FastifyInstance) => void | Promise<void>;

/** The HTTP side of the server: what all routes have in common, and the modules that bring them. */
export function createHttp(modules: readonly RouteModule[]): FastifyInstance {
  const http = fastify({
    logger: false,
    bodyLimit: 65_536,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    return503OnClosing: true,
  });
  http.addHook("onRequest", async (_request, reply) => void reply.headers(securityHeaders));
  for (const module of modules) void http.register(async (scope) => module(scope));
  return http;
}
