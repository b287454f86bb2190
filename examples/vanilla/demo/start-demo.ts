import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer, type ServerOptions } from "@tidings/server";
import { openLibsqlStore } from "@tidings/server/store";
import { seed } from "./seed.ts";

/** A running demo: the server, its page, and a past. */
export interface Demo {
  /** Where clients connect. */
  readonly url: string;
  /** Messages that were there from the start. */
  readonly seeded: number;
  readonly folder: string;
  tokenOf(userId: string): Promise<string>;
  /** The page for a user. The token stands behind the `#`: browsers keep that to themselves. */
  linkOf(userId: string): Promise<string>;
  /** Stops the server and removes the folder. Calling it again waits for the same end. */
  close(): Promise<void>;
}

const page = fileURLToPath(new URL("../page", import.meta.url));
const bundle = fileURLToPath(
  new URL("../node_modules/@tidings/transport-ws/dist/tidings.global.js", import.meta.url),
);

/** @throws {MessagingError} `server/unavailable` if the port is taken */
export async function startDemo(options: Pick<ServerOptions, "port" | "policy"> = {}): Promise<Demo> {
  // Beside the page, as a site would host it; what is served is followed through links and must lie in one folder.
  await cp(bundle, join(page, "dist", "tidings.global.js"));
  const folder = await mkdtemp(join(tmpdir(), "tidings-demo-"));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const store = openLibsqlStore({ file: join(folder, "demo.db") });
    const seeded = await seed(store, Date.now());
    const server = await createServer({ ...options, store, serve: { dir: page } });
    const end = async (): Promise<void> => {
      await server.close();
      await removeFolder();
    };
    let closing: Promise<void> | undefined;
    return {
      url: server.url,
      seeded,
      folder,
      tokenOf: (userId) => server.issueToken(userId),
      linkOf: async (userId) => `${server.httpUrl}/#token=${await server.issueToken(userId)}`,
      close: () => (closing ??= end()),
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
