import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { collectErrors, type ErrorReport } from "./error-log.ts";

describe("collectErrors", () => {
  it("folds what comes again and again: how often, first and last, the latest kind first", async () => {
    const here = world();
    const [ada] = await member(here, "ada", { logger: () => {} });
    const errors = collectErrors(ada);
    expect(errors.get()).toEqual([]);
    const told: number[] = [];
    errors.subscribe((all) => told.push(all.length));
    here.backend.faults.offline(true);
    const startedAt = here.clock.now();
    await here.clock.advance(120_000);
    const [latest] = errors.get();
    expect(latest?.count).toBeGreaterThan(3);
    expect(latest?.code).toMatch(/^connection\//);
    expect(latest?.firstAt).toBeGreaterThanOrEqual(startedAt);
    expect(latest?.lastAt).toBeGreaterThan(latest?.firstAt ?? Infinity);
    expect(errors.get().length).toBeLessThan(4);
    expect(told.length).toBeGreaterThan(3);
    errors.clear();
    expect(errors.get()).toEqual([]);
  });

  it("counts one error once, also where an event, the connection and an entry tell of it", async () => {
    const here = world();
    const ada = here.client("ada", {
      auth: () => Promise.reject(new MessagingError("auth/invalid")),
      logger: () => {},
    });
    const errors = collectErrors(ada);
    await expect(ada.connect()).rejects.toMatchObject({ code: "auth/invalid" });
    expect(errors.get()).toMatchObject([{ code: "auth/invalid", count: 1 }]);
  });

  it("knows of a command that was refused, and takes what a promise of the app was rejected with", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada", { logger: () => {} });
    const errors = collectErrors(ada);
    here.backend.faults.refuseNext("permission/muted");
    await (await room.send("a")).settled().catch(() => {});
    await room.send("").catch(errors.add);
    errors.add(new TypeError("none of ours"));
    expect(errors.get().map(({ code, count }) => [code, count])).toEqual([
      ["client/unknown", 1],
      ["draft/empty", 1],
      ["permission/muted", 1],
    ]);
  });
});

describe("a sink", () => {
  it("[D9] is told at once of the first of a kind, and of those after it together", async () => {
    const { clock, client } = world();
    const ada = client("ada");
    const reports: ErrorReport[] = [];
    const errors = collectErrors(ada, { sink: (report) => reports.push(report), repeatMs: 60_000 });
    for (let count = 0; count < 50; count += 1) {
      errors.add(new MessagingError("storage/failed"));
      await clock.advance(1_000);
    }
    errors.add(new MessagingError("draft/empty"));
    expect(reports.map(({ code, count }) => [code, count])).toEqual([
      ["storage/failed", 1],
      ["draft/empty", 1],
    ]);
    await clock.advance(10_000);
    expect(reports.at(-1)).toMatchObject({
      ...{ code: "storage/failed", count: 49, connection: "idle" },
      firstAt: 1_001_000,
      lastAt: 1_049_000,
    });
    await clock.advance(300_000);
    expect(reports).toHaveLength(3);
  });

  it("is told what is left when the log is closed, and nothing after that", async () => {
    const { clock, client } = world();
    const ada = client("ada");
    await clock.settle();
    const counts: number[] = [];
    const errors = collectErrors(ada, { sink: ({ count }) => counts.push(count) });
    for (let count = 0; count < 3; count += 1) errors.add(new MessagingError("storage/failed"));
    errors.close();
    expect(counts).toEqual([1, 2]);
    expect(clock.timers).toBe(0);
    expect(errors.get()).toHaveLength(1);
  });

  it("[D10] may throw, and harms nobody", async () => {
    const ada = world().client("ada");
    const errors = collectErrors(ada, {
      sink() {
        throw new TypeError("the analytics are down");
      },
    });
    errors.add(new MessagingError("storage/failed"));
    expect(errors.get()).toHaveLength(1);
  });

  it("is refused a client that createClient has not made", () => {
    const copy = { ...world().client("ada") };
    expect(() => collectErrors(copy)).toThrow(expect.objectContaining({ code: "client/misused" }));
  });
});
