import type { Transport } from "@tidings/core";
import { appSyncTransport } from "@tidings/transport-appsync";
import { serveEndpoint } from "../../transport-appsync/test/endpoint/serve.ts";
import { type Backend, type BackendOptions, directTransport, startBackend } from "./backend.ts";

/** The real server behind what AppSync is to its clients: each request to it is a link of its own to the server. */
export async function startAppSyncBackend(options: BackendOptions = {}): Promise<Backend> {
  const server = await startBackend(options);
  const transport = (userId: string): Transport => {
    const direct = directTransport(server);
    return {
      supports: direct.supports,
      open: async (request, signal) => direct.open({ ...request, token: await server.token(userId) }, signal),
    };
  };
  const { url, close } = await serveEndpoint({ memory: { transport }, authenticate: userOf });
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

/** Whose token it is; the server behind looks at it no more. */
function userOf(token: string): { readonly userId: string } {
  const [, claims = ""] = token.split(".");
  const { sub }: { readonly sub?: unknown } = Object(JSON.parse(Buffer.from(claims, "base64url").toString()));
  return { userId: String(sub) };
}
