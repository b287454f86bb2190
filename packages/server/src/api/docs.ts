import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { fastify, type FastifyInstance } from "fastify";
import type { RouteModule } from "../gateway/http.ts";
import { openApi } from "./openapi.ts";

/**
 * `/docs`: the API to read and to try, with nothing fetched from elsewhere; the document itself is `/docs/json`. Made when
 * somebody asks for it first: a server starts in half the time.
 */
export function docsRoutes(version: string): RouteModule {
  let pages: Promise<FastifyInstance> | undefined;
  return (http) => {
    for (const path of ["/docs", "/docs/*"]) {
      http.get(path, async ({ url }, reply) => {
        const app = await (pages ??= pagesOf(version));
        const { statusCode, headers, rawPayload } = await app.inject({ method: "GET", url });
        return reply.code(statusCode).headers(headers).send(rawPayload);
      });
    }
  };
}

async function pagesOf(version: string): Promise<FastifyInstance> {
  const pages = fastify();
  // A copy, as what is registered here may change it.
  const document = JSON.parse(JSON.stringify(openApi(version)));
  await pages.register(swagger, { mode: "static", specification: { document } });
  await pages.register(swaggerUi, {
    routePrefix: "/docs",
    // Its default asks a foreign server whether the document is sound.
    uiConfig: { validatorUrl: null, deepLinking: true },
  });
  return pages;
}
