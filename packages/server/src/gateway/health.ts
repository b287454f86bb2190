import type { Health } from "../observe/health.ts";
import type { RouteModule } from "./http.ts";

/**
 * `GET /health` for people and load balancers; `/health/live` and `/health/ready` for orchestrators. A server that
 * drains, or is without its database, lives and is not ready: killing it would help nobody.
 */
export function healthRoutes(read: () => Promise<Health>): RouteModule {
  return (http) => {
    http.addHook("onRequest", async (_request, reply) => void reply.header("cache-control", "no-store"));
    http.get("/health", async (_request, reply) => {
      const health = await read();
      return reply.code(statusOf(health.isReady && health.level !== "critical")).send(health);
    });
    http.get("/health/live", () => ({ isLive: true }));
    http.get("/health/ready", async (_request, reply) => {
      const { isReady } = await read();
      return reply.code(statusOf(isReady)).send({ isReady });
    });
  };
}

function statusOf(isFine: boolean): 200 | 503 {
  return isFine ? 200 : 503;
}
