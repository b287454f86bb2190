import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { message } from "../support/raw-client.ts";
import { Workbench } from "./workbench.ts";

describe.skipIf(!hasPostgres())("a PostgreSQL that is away", () => {
  let service: PostgresService;
  let url: string;
  let bench: Workbench;
  beforeAll(async () => {
    service = await startPostgres();
    url = await service.database();
    bench = new Workbench(await openPostgresStore({ url, connections: 1, rideOutMs: 30_000 }));
    await bench.group("a", "ada", "bob");
    await bench.said("ada", "a", "before");
  }, 60_000);
  afterAll(async () => {
    await bench.store.close();
    await service.close();
  });

  it("[D1, D2] is waited for while it restarts: what was sent meanwhile is committed once, each asked about once", async () => {
    let asked = 0;
    const admit = (): undefined => void (asked += 1);
    const items = ["ada", "bob"].map((who) => bench.submission(who, message("a", `by ${who}`)));
    await service.stop();
    const waiting = bench.store.commit(items, admit);
    const late = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300, "late"))]);
    expect(late).toBe("late");
    await service.start();
    expect(await waiting).toMatchObject([{ ok: true, isKnown: false }, { ok: true }]);
    expect(asked).toBe(2);
    expect(await bench.store.commit(items, admit)).toMatchObject([{ isKnown: true }, { isKnown: true }]);
    const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 10 });
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("[D9] is not waited for without end: its commands are refused, and may be sent again", async () => {
    const hasty = new Workbench(await openPostgresStore({ url, connections: 1, rideOutMs: 200 }));
    const item = hasty.submission("ada", message("a", "later"));
    await service.stop();
    await expect(hasty.commit(item)).rejects.toThrow("ECONNREFUSED");
    await service.start();
    expect(await hasty.outcome(item)).toMatchObject({ ok: true });
    await hasty.store.close();
  });
});
