import { defaultPolicy } from "@tidings/core/protocol";
import { createServer } from "@tidings/server";
import { hasPostgres, type PostgresService, startPostgres } from "@tidings/server/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Backend, SECRET, swiftPolicy, token, wideBounds } from "../src/backend.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

describe.skipIf(!hasPostgres())("a server on PostgreSQL", { timeout: 60_000 }, () => {
  let postgres: PostgresService;
  let world: World | undefined;
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { fsync: "on", full_page_writes: "on" } });
  }, 60_000);
  afterEach(() => world?.close());
  afterAll(() => postgres.close());

  /** @param onFailure - told of each commit that failed, and whose commands were refused. */
  async function onPostgres(onFailure: () => void): Promise<Backend> {
    const ignore = (): void => {};
    const server = await createServer({
      port: 0,
      database: await postgres.database(),
      statementTimeoutMs: 1_000,
      log: {
        ...{ debug: ignore, info: ignore, warn: ignore },
        error: (fields) => void ("what" in fields && fields.what === "commit" && onFailure()),
      },
      secret: SECRET,
      lobbies: [],
      policy: { ...defaultPolicy, ...swiftPolicy },
      bounds: wideBounds,
    });
    return { port: server.port, token, close: () => server.close() };
  }

  it("[D1, D2, D3, D7] keeps links and outboxes while its database is away or hangs, and drains when it is back", async () => {
    let refusals = 0;
    const here = await createWorld({ backend: await onPostgres(() => (refusals += 1)) });
    world = here;
    const [ada, bob] = [here.member(0), here.member(1)];
    const wasOffline = here.members.map(({ client }) => {
      const names: string[] = [];
      client.connection.subscribe(({ name }) => names.push(name));
      return names;
    });
    const texts: string[] = [];
    const say = async (text: string): Promise<void> => {
      texts.push(text);
      await ada.room.send(text);
    };
    const away = async (
      name: string,
      begin: () => Promise<void>,
      end: () => Promise<void>,
    ): Promise<void> => {
      await say(`before ${name}`);
      await begin();
      for (let index = 0; index < 5; index += 1) await say(`${name} ${index}`);
      await sleep(300);
      expect(ada.client.outbox.get().waiting).toBeGreaterThanOrEqual(5);
      expect(ada.client.outbox.get().failed).toBe(0);
      await end();
      await until("all of it at bob's", () => textsOf(bob.room).length === texts.length);
    };
    const { start } = postgres;
    await away("a crash", () => postgres.stop("SIGQUIT"), start);
    await away("a restart", () => postgres.stop("SIGINT"), start);
    expect(refusals).toBe(0); // It was waited for.
    await away("a silence", postgres.freeze, async () => {
      await until("the commands are refused", () => refusals > 0);
      expect(ada.client.outbox.get()).toMatchObject({ failed: 0 });
      postgres.thaw();
    });
    expect(await here.verify()).toEqual([]);
    expect((await here.history()).messages.map(textOf)).toEqual(texts);
    for (const names of wasOffline) expect(names.filter((name) => name !== "online")).toEqual([]);
  });
});
