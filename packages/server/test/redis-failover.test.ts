import type { PresenceStatus } from "@tidings/core/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { TidingsServer } from "../src/index.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { hasRedis } from "../src/testing/redis.ts";
import { type ReplicatedRedis, startReplicatedRedis } from "../src/testing/redis-replicas.ts";
import { message, RawClient } from "./support/raw-client.ts";
import { secret } from "./support/server-process.ts";
import { start } from "./support/start.ts";

/** Said before the master goes, and after another has taken its place. */
const WHILE_WELL = 20;
/** Between two messages while it is away. */
const PAUSE_MS = 20;

describe.skipIf(!hasPostgres() || !hasRedis())(
  "two nodes on a Redis with replicas",
  { timeout: 120_000 },
  () => {
    let postgres: PostgresService;
    let redis: ReplicatedRedis | undefined;
    const clients: RawClient[] = [];
    beforeAll(async () => {
      postgres = await startPostgres();
    }, 60_000);
    afterEach(async () => {
      for (const client of clients.splice(0)) client.socket.close();
    });
    afterAll(() => Promise.all([postgres.close(), redis?.close()]));

    const join = async (node: TidingsServer, userId: string): Promise<RawClient> => {
      const client = await new RawClient(node.url).opened();
      clients.push(client);
      client.hello(await node.issueToken(userId), userId);
      await client.find("welcome");
      return client;
    };

    it.each([
      ["hangs", "sentinel"],
      ["is killed", "cluster"],
    ] as const)(
      "lose, double and reorder nothing while its master %s, and show again who is online: %s",
      async (how, mode) => {
        redis = await startReplicatedRedis({ mode });
        const rates = [
          { name: "minute", scope: "user", tokens: 100_000, perMs: 60_000, burst: 100_000 },
        ] as const;
        const database = await postgres.database();
        const options = { database, redis: redis.url, secret, policy: { rates }, lobbies: [] };
        const nodes = [await start(options), await start(options)] as const;
        const [ada, cy, bob] = [
          await join(nodes[0], "ada"),
          await join(nodes[0], "cy"),
          await join(nodes[1], "bob"),
        ];
        const participants = [{ userId: "bob" }, { userId: "cy" }];
        await ada.accepted({ type: "conversation.create", conversationId: "a", kind: "group", participants });
        await bob.find("change", ({ change }) => change.conversationId === "a");
        bob.send({ type: "signal", signal: { type: "watch", conversationIds: ["a"] } });
        await shown(bob, "ada", "online");
        await shown(bob, "cy", "online");

        const said: string[] = [];
        const say = async (): Promise<void> => {
          const text = `${said.length}`;
          said.push(text);
          await ada.accepted(message("a", text));
        };
        for (let count = 0; count < WHILE_WELL; count += 1) await say();
        await (how === "hangs" ? redis.freezeMaster() : redis.killMaster());
        let isOver = false;
        const over = redis.replaced().then(() => (isOver = true));
        // Nobody may hear of it: it is said once, while there is no master.
        ada.send({ type: "signal", signal: { type: "presence", status: "away" } });
        cy.socket.close(1000);
        while (!isOver) {
          await say();
          await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
        }
        await over;
        for (let count = 0; count < WHILE_WELL; count += 1) await say();
        await vi.waitFor(() => expect(texts(bob)).toEqual(said), { timeout: 60_000, interval: 50 });
        expect(said.length).toBeGreaterThan(2 * WHILE_WELL);
        await shown(bob, "ada", "away");
        await shown(bob, "cy", "offline");
        await redis.close();
        redis = undefined;
      },
    );
  },
);

function texts(client: RawClient): readonly string[] {
  return client
    .all("change")
    .flatMap(({ change: { record } }) =>
      record.type === "message" && "text" in record.content ? [record.content.text] : [],
    );
}

function shown(client: RawClient, userId: string, status: PresenceStatus): Promise<void> {
  const last = (): PresenceStatus | undefined =>
    client
      .all("signal")
      .flatMap(({ signal }) =>
        signal.type === "presence" && signal.userId === userId ? [signal.status] : [],
      )
      .at(-1);
  return vi.waitFor(() => expect(last()).toBe(status), { timeout: 60_000, interval: 50 });
}
