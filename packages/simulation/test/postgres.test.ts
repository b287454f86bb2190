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

  async function onPostgres(): Promise<Backend> {
    const server = await createServer({
      port: 0,
      database: await postgres.database(),
      secret: SECRET,
      lobbies: [],
      policy: { ...defaultPolicy, ...swiftPolicy },
      bounds: wideBounds,
    });
    return { port: server.port, token, close: () => server.close() };
  }

  it("[D1, D2, D3, D7] keeps links and outboxes while its database is away, and drains when it is back", async () => {
    const here = await createWorld({ backend: await onPostgres() });
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
    for (const signal of ["SIGQUIT", "SIGINT"] as const) {
      await say(`before ${signal}`);
      await postgres.stop(signal);
      for (let index = 0; index < 5; index += 1) await say(`${signal} ${index}`);
      await sleep(300);
      expect(ada.client.outbox.get().waiting).toBeGreaterThanOrEqual(5);
      expect(ada.client.outbox.get().failed).toBe(0);
      await postgres.start();
      await until("all of it at bob's", () => textsOf(bob.room).length === texts.length);
    }
    expect(await here.verify()).toEqual([]);
    expect((await here.history()).messages.map(textOf)).toEqual(texts);
    for (const names of wasOffline) expect(names.filter((name) => name !== "online")).toEqual([]);
  });
});
