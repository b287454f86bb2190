import type { FastifyInstance } from "fastify";
import type { EventLog } from "../log.ts";
import { silentMeter } from "../observe/meter.ts";
import type { MetricsPage } from "../observe/observation.ts";
import { createHttp, type RouteModule } from "./http.ts";
import { newId } from "./ids.ts";

/** `GET /metrics`, for Prometheus. */
export function metricsRoutes({ contentType, read }: MetricsPage): RouteModule {
  return (http) => {
    http.get("/metrics", async (_request, reply) => {
      return reply
        .header("cache-control", "no-store")
        .type(contentType)
        .send(await read());
    });
  };
}

/** A port of its own, for whoever watches: nobody else comes here, so nobody is measured or turned away. */
export function createMetricsHttp(modules: readonly RouteModule[], log: EventLog): FastifyInstance {
  return createHttp({
    ...{ modules, newId, log },
    meter: silentMeter,
    isWelcome: () => true,
    waitMs: () => 0,
    bodyBytes: 1_024,
    onFailure: (error) => log.error({ what: "http", err: error }, "failure"),
  });
}
