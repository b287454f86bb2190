import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "@tidings/core";
import { defaultPolicy, type Limits, type Policy } from "@tidings/core/protocol";
import { createServer, issueToken, type ServerBounds, type TidingsServer } from "@tidings/server";
import { openLibsqlStore, type Store } from "@tidings/server/store";
import { type WebSocketConstructor, webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";

/** A server to which clients connect, in this process or in one of its own. */
export interface Backend {
  readonly port: number;
  /** How clients get to it, if not by its own wire. */
  readonly way?: Way;
  token(userId: string, expiresInMs?: number): Promise<string>;
  close(): Promise<void>;
}

/** Something before the server that speaks otherwise. */
export interface Way {
  readonly port: number;
  /** @param port - of whatever stands between. */
  transport(port: number, WebSocket: WebSocketConstructor): Transport;
}

/** The same server for all that it holds: it may be stopped and started again on its file. */
export interface InProcessBackend extends Backend {
  readonly server: TidingsServer;
}

export interface BackendOptions {
  readonly port?: number;
  readonly dataFile?: string;
  readonly policy?: Partial<Policy>;
  readonly limits?: Partial<Limits>;
  readonly bounds?: ServerBounds;
  /** Puts something between the server and its store. */
  readonly wrapStore?: (store: Store) => Store;
}

export const SECRET = "simulated-secret-of-32-bytes-or-more";

/** No rates, heartbeats often enough to be waited for. */
export const swiftPolicy: Partial<Policy> = { heartbeatMs: 1_000, rates: [] };

/** As many frames as chaos makes must not look like an attack. */
export const wideBounds: ServerBounds = { framesPerSecond: 100_000, frameBurst: 100_000 };

/** The real server on a real file, in this process. */
export async function startBackend(options: BackendOptions = {}): Promise<InProcessBackend> {
  const { port = 0, policy, limits, bounds = wideBounds, wrapStore = (store) => store } = options;
  const folder = options.dataFile === undefined ? temporaryFolder() : undefined;
  const server = await createServer({
    port,
    store: wrapStore(openLibsqlStore({ file: options.dataFile ?? folder?.file ?? "" })),
    secret: SECRET,
    lobbies: [],
    policy: { ...defaultPolicy, ...swiftPolicy, ...policy, limits: { ...defaultPolicy.limits, ...limits } },
    bounds,
  });
  return {
    server,
    port: server.port,
    token,
    async close() {
      await server.close();
      folder?.remove();
    },
  };
}

/** Reaches it without a bad network between. */
export function directTransport({ port }: Pick<Backend, "port">): Transport {
  return webSocketTransport({ url: `ws://127.0.0.1:${port}`, WebSocket });
}

export function token(userId: string, expiresInMs?: number): Promise<string> {
  return issueToken({ secret: SECRET, userId, ...(expiresInMs !== undefined && { expiresInMs }) });
}

/** A folder for a database. */
export function temporaryFolder(): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "tidings-simulation-"));
  return { file: join(folder, "tidings.db"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
