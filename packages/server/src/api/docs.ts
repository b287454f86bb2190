import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { RouteModule } from "../gateway/http.ts";
import { openApi } from "./openapi.ts";

/** `/docs`: the API to read and to try, with nothing fetched from elsewhere; the document itself is `/docs/json`. */
export function docsRoutes(version: string): RouteModule {
  return async (http) => {
    // A copy, as what is registered here may change it.
    const document = JSON.parse(JSON.stringify(openApi(version)));
    await http.register(swagger, { mode: "static", specification: { document } });
    await http.register(swaggerUi, {
      routePrefix: "/docs",
      // Its default asks a foreign server whether the document is sound.
      uiConfig: { validatorUrl: null, deepLinking: true },
    });
  };
}
