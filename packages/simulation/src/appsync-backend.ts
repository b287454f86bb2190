import { appSyncTransport } from "@tidings/transport-appsync";
import { serverBehind } from "../../transport-appsync/test/endpoint/server-behind.ts";
import { serveEndpoint } from "../../transport-appsync/test/endpoint/serve.ts";
import { type Backend, type BackendOptions, directTransport, startBackend } from "./backend.ts";

/** The real server behind what AppSync is to its clients: each request to it is a link of its own to the server. */
export async function startAppSyncBackend(options: BackendOptions = {}): Promise<Backend> {
  const server = await startBackend(options);
  const { url, close } = await serveEndpoint(serverBehind(directTransport(server), server.token));
  const { host, port } = new URL(url);
  return {
    ...{ port: server.port, token: server.token },
    way: {
      port: Number(port),
      transport: (between, WebSocket) =>
        appSyncTransport({ endpoint: `http://127.0.0.1:${between}/graphql`, host, WebSocket }),
    },
    async close() {
      await close();
      await server.close();
    },
  };
}
