import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Client, createClient, memoryStorage } from "@tidings/core";
import { defaultPolicy } from "@tidings/core/protocol";
import { createServer, type TidingsServer } from "@tidings/server";
import { hasPostgres, type PostgresService, startPostgres } from "@tidings/server/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directTransport, SECRET, swiftPolicy, temporaryFolder, token } from "../src/backend.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";

const tools = dirname(process.env["TIDINGS_POSTGRES"] ?? "");
const hasTools = hasPostgres() && existsSync(join(tools, "pg_restore"));

/** The statement that the guide tells to run after a restore. */
const newEpoch = /--command="([^"]+)"/.exec(readFileSync("docs/guides/backup.md", "utf8"))?.[1] ?? "";

describe.skipIf(!hasTools)("a backup of PostgreSQL that is restored as the guide says", () => {
  let postgres: PostgresService;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.close());

  const run = (tool: string, ...words: readonly string[]): Promise<unknown> =>
    promisify(execFile)(join(tools, tool), words);
  const serve = (database: string, port: number): Promise<TidingsServer> =>
    createServer({
      ...{ port, database, secret: SECRET, lobbies: [] },
      policy: { ...defaultPolicy, ...swiftPolicy },
    });

  it("[D1, D2, D3] begins a new epoch: clients let go of what was forgotten, and say again what waits", async () => {
    const folder = temporaryFolder();
    const database = await postgres.database();
    let server = await serve(database, 0);
    const enter = async (userId: string): Promise<Client> => {
      const options = { auth: await token(userId), userId, logger: () => {} };
      const backoff = { baseMs: 50, maxMs: 500 };
      const client = createClient({
        ...options,
        backoff,
        transport: directTransport(server),
        storage: memoryStorage(),
      });
      await client.connect();
      return client;
    };
    const [ada, bob] = [await enter("ada"), await enter("bob")];
    const conversationId = "room";
    try {
      await ada.createConversation({ conversationId, kind: "group", participants: [{ userId: "bob" }] });
      const [hers, his] = [ada.conversation(conversationId), bob.conversation(conversationId)];
      const say = async (text: string): Promise<void> => void (await (await hers.send(text)).settled());
      for (const text of ["one", "two"]) await say(text);
      await run("pg_dump", "--format=custom", `--file=${folder.file}`, database);
      for (const text of ["forgotten", "forgotten too"]) await say(text);
      await until("bob to have all four", () => textsOf(his).length === 4);
      const { port } = server;
      await server.close();
      await hers.send("said meanwhile");

      const restored = await postgres.database();
      await run("pg_restore", "--no-owner", `--dbname=${restored}`, folder.file);
      const connection = new pg.Client(restored);
      await connection.connect();
      expect((await connection.query(newEpoch)).rowCount).toBe(1);
      await connection.end();
      server = await serve(restored, port);

      const expected = ["one", "two", "said meanwhile"];
      for (const room of [hers, his])
        await until("what there is", () => textsOf(room).join() === expected.join(), {
          timeoutMs: 30_000,
          instead: () => textsOf(room),
        });
      await say("and on");
      await until("bob to hear it", () => textsOf(his).join() === [...expected, "and on"].join());
    } finally {
      await Promise.all([ada.close(), bob.close()]);
      await server.close();
      folder.remove();
    }
  }, 90_000);
});
