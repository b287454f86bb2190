import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer, createVapidKeys, type ServerOptions } from "@tidings/server";
import { links, profanity, spam } from "@tidings/server/moderation";
import { openLibsqlStore } from "@tidings/server/store";
import { bringAlan } from "./alan.ts";
import { placeFile } from "./place-file.ts";
import { seed } from "./seed.ts";

/** A running demo: the server, its page, and a past. */
export interface Demo {
  /** Where clients connect. */
  readonly url: string;
  /** Messages that were there from the start. */
  readonly seeded: number;
  readonly folder: string;
  /** Links open now. */
  connections(): number;
  tokenOf(userId: string): Promise<string>;
  /** The page for a user. The token stands behind the `#`: browsers keep that to themselves. */
  linkOf(userId: string, page?: string): Promise<string>;
  /** Stops the server and removes the folder. Calling it again waits for the same end. */
  close(): Promise<void>;
}

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const vanilla = fileURLToPath(new URL("../../vanilla/page/index.html", import.meta.url));
const bundle = fileURLToPath(
  new URL("../node_modules/@tidings/transport-ws/dist/tidings.global.js", import.meta.url),
);

export interface DemoServerOptions extends Pick<ServerOptions, "port" | "policy" | "push" | "previews"> {
  /** Days of talk to scroll through, 30 messages each. Default 10. */
  readonly daysOfTalk?: number;
  /** The build to serve, a folder of `dist`. Default `"site"`. */
  readonly build?: "site" | "development";
  /** How long nobody says anything before Alan does so unasked, ms. Default 45 s. */
  readonly quietMs?: number;
  /** Is Alan there? Default true. */
  readonly hasAlan?: boolean;
}

/** @throws {MessagingError} `server/unavailable` if the port is taken */
export async function startDemo(options: DemoServerOptions = {}): Promise<Demo> {
  const { daysOfTalk = 10, hasAlan = true, quietMs = 45_000, build = "site", ...serverOptions } = options;
  const site = join(dist, build);
  // What is served is followed through links and must lie in one folder.
  await placeFile(vanilla, join(site, "vanilla", "index.html"));
  await placeFile(bundle, join(site, "vanilla", "tidings.global.js"));
  const folder = await mkdtemp(join(tmpdir(), "tidings-demo-"));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const store = openLibsqlStore({ file: join(folder, "demo.db") });
    const seeded = await seed(store, Date.now(), daysOfTalk);
    // Keys of this run: browsers subscribe anew with the next.
    const push = { vapid: { ...createVapidKeys(), subject: "https://tidings.example" } };
    const server = await createServer({
      ...{ push, ...serverOptions, store, serve: { dir: site } },
      files: { dir: join(folder, "files") },
      moderators: [profanity({ action: "mask" }), spam(), links()],
    });
    const alan = hasAlan ? await bringAlan(server, quietMs) : undefined;
    const end = async (): Promise<void> => {
      await alan?.close();
      await server.close();
      await removeFolder();
    };
    let closing: Promise<void> | undefined;
    return {
      url: server.url,
      seeded,
      folder,
      connections: () => server.connections,
      tokenOf: (userId) => server.issueToken(userId),
      linkOf: async (userId, page = "/") =>
        `${server.httpUrl}${page}#token=${await server.issueToken(userId)}&user=${userId}`,
      close: () => (closing ??= end()),
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
