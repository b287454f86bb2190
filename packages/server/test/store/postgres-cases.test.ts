import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseEvent } from "../../src/store/case-events.ts";
import { openPostgresStore } from "../../src/store/index.ts";
import { inOrder } from "../../src/store/postgres/cases.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { Workbench } from "./workbench.ts";

describe("what two batches do to cases", () => {
  it("is done in one order, and of one case in the order in which it came", () => {
    const edited = (conversationId: string, messageId: string, at: number): CaseEvent => ({
      ...{ type: "edited", conversationId, messageId, userId: "bob", at },
    });
    const one = [edited("b", "1", 1), edited("a", "2", 2), edited("a", "1", 3), edited("a", "2", 4)];
    expect(inOrder(one).map(({ at }) => at)).toEqual([3, 2, 4, 1]);
  });
});

describe.skipIf(!hasPostgres())("a report in PostgreSQL", () => {
  let service: PostgresService;
  beforeAll(async () => {
    service = await startPostgres();
  }, 60_000);
  afterAll(() => service.close());

  it("[D8] of a conversation that is being erased waits for that, and finds it gone", async () => {
    const url = await service.database();
    const bench = new Workbench(await openPostgresStore({ url, connections: 2 }));
    await bench.group("a", "ada", "bob");
    const eraser = new Client(url);
    await eraser.connect();
    await eraser.query("BEGIN; SELECT FROM conversations WHERE id = 'a' FOR UPDATE");
    await eraser.query(
      "DELETE FROM participants USING conversations c WHERE conversation = c.key AND c.id = 'a'",
    );
    const subject = { kind: "report", conversationId: "a", userId: "bob" } as const;
    const refused = bench.refused("ada", { type: "note.set", conversationId: "~/ada", subject, value: {} });
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await eraser.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      return rows.length > 0;
    };
    await expect.poll(isWaiting, { timeout: 10_000 }).toBe(true);
    await eraser.query("COMMIT");
    await eraser.end();
    expect((await refused).code).toBe("conversation/not-found");
    await bench.store.close();
  });
});
