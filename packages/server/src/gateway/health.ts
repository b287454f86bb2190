import type { RouteModule } from "./http.ts";

export interface Health {
  /** `"draining"`: it answers what it has taken and takes nothing new; a load balancer should look elsewhere. */
  readonly status: "ok" | "draining";
  readonly version: string;
  readonly uptimeMs: number;
  readonly connections: number;
}

/** `GET /health`, for load balancers. */
export function healthRoutes(health: () => Health): RouteModule {
  return (http) => {
    http.get("/health", async (_request, reply) => {
      const state = health();
      return reply
        .code(state.status === "ok" ? 200 : 503)
        .header("cache-control", "no-store")
        .send(state);
    });
  };
}
