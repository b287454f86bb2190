import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckName, Health, TidingsServer } from "../../src/index.ts";
import { inProcessBus } from "../../src/bus/in-process-bus.ts";
import { systemClock } from "../../src/gateway/system-clock.ts";
import { HealthMonitor } from "../../src/observe/health-monitor.ts";
import { Probe } from "../../src/observe/probe.ts";
import { Recent } from "../../src/observe/recent.ts";
import { silentMeter } from "../../src/observe/meter.ts";
import { VitalSigns } from "../../src/observe/vital-signs.ts";
import { openLibsqlStore } from "../../src/store/libsql/libsql-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { hasRedis, type RedisService, startRedis } from "../../src/testing/redis.ts";
import { join, message } from "../support/raw-client.ts";
import { start, unhurried } from "../support/start.ts";

async function ask(server: TidingsServer, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${server.httpUrl}/health${path}`);
  return { status: response.status, body: await response.json() };
}

/** Waits until the server says so of itself. */
async function until(server: TidingsServer, fits: (health: Health) => boolean): Promise<Health> {
  for (let tries = 0; tries < 200; tries += 1) {
    const health = await server.health();
    if (fits(health)) return health;
    await sleep(50);
  }
  throw new Error(`it stays: ${JSON.stringify(await server.health())}`);
}

const is =
  (check: CheckName, level: Health["level"]) =>
  ({ checks }: Health): boolean =>
    checks[check].level === level;

describe("GET /health", () => {
  it("tells of a server that drains that it lives and is not ready", async () => {
    const server = await start();
    const ada = await join(server, "ada");
    expect(await ask(server, "/ready")).toEqual({ status: 200, body: { isReady: true } });
    ada.socket.pause(); // Its good-bye is waited for.
    const closing = server.close();
    expect(await ask(server, "/live")).toEqual({ status: 200, body: { isLive: true } });
    expect(await ask(server, "/ready")).toEqual({ status: 503, body: { isReady: false } });
    expect(await ask(server, "")).toMatchObject({
      status: 503,
      body: { level: "warning", checks: { server: { level: "warning", reason: "it is draining" } } },
    });
    ada.socket.terminate();
    await closing;
  });

  it("[D9] says when there is no room for many more connections, and when none", async () => {
    const server = await start({ bounds: { connections: 5 } });
    for (const name of ["a", "b", "c", "d"]) await join(server, name);
    expect(await ask(server, "")).toMatchObject({
      status: 200,
      body: {
        level: "warning",
        checks: { links: { reason: "80 % of the connections there may be are open" } },
      },
    });
    await join(server, "e");
    expect(await ask(server, "")).toMatchObject({ status: 503, body: { level: "critical" } });
  });
});

describe.skipIf(!hasPostgres() || !hasRedis())("with a database and a bus", { timeout: 60_000 }, () => {
  let postgres: PostgresService;
  let redis: RedisService;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, 60_000);
  afterAll(() => Promise.all([postgres.close(), redis.close()]));

  it("[D1] tells when either is gone and back, while links stay and messages go on as far as they can", async () => {
    const database = await postgres.database();
    const server = await start({ database, redis: redis.url, lobbies: [], policy: unhurried });
    const ada = await join(server, "ada");
    await ada.accepted({ type: "conversation.create", conversationId: "a", kind: "group" });
    await until(server, ({ level }) => level === "healthy");

    await redis.stop();
    const deaf = await until(server, is("bus", "warning"));
    expect(deaf).toMatchObject({ level: "warning", isReady: true });
    expect(deaf.checks.bus.reason).toBe("other nodes are not heard");
    await ada.accepted(message("a", "without a bus"));
    await redis.start();
    await until(server, is("bus", "healthy"));

    await postgres.stop("SIGQUIT");
    const refused = ada.frame(message("a", "kept until it is back"));
    ada.send(refused);
    expect(await ada.answer(refused.id)).toMatchObject({ code: "server/unavailable", retryable: true });
    await until(server, is("store", "critical"));
    // What was asked a moment ago is not asked again at once.
    expect(await until(server, ({ isReady }) => !isReady)).toMatchObject({ level: "critical" });
    expect((await ask(server, "")).status).toBe(503);
    expect((await ask(server, "/ready")).status).toBe(503);
    expect((await ask(server, "/live")).status).toBe(200);
    await ada.settled(); // A ping and its pong: the link has stayed.
    await postgres.start();
    await until(server, ({ isReady }) => isReady);
    ada.send({ ...refused, id: 1_000 });
    expect(await ada.answer(1_000)).toMatchObject({ type: "ack" });
    await until(server, is("store", "healthy"));
  });
});

describe("a probe", () => {
  it("[D9] asks one question at a time, however often it is asked itself", async () => {
    let asked = 0;
    let answer = (): void => {};
    const probe = new Probe(() => {
      asked += 1;
      return new Promise<void>((resolve) => (answer = resolve));
    });
    const answers = [probe.read(), probe.read(), probe.read()];
    answer();
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 3 }, () => ({ level: "healthy" })));
    expect(await probe.read()).toEqual({ level: "healthy" });
    expect(asked).toBe(1);
  });

  it("does not wait for a database that says nothing, and names no reason of its own", async () => {
    const silent = new Probe(() => new Promise(() => {}), 10);
    expect(await silent.read()).toEqual({ level: "critical", reason: "it does not answer" });
    const failing = new Probe(() => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:5432")));
    expect(await failing.read()).toEqual({ level: "critical", reason: "it cannot be reached" });
  });
});

describe("a health monitor", () => {
  it("tells of a database that answers, but does not commit, or slowly", async () => {
    const store = openLibsqlStore();
    const signs = new VitalSigns(silentMeter, systemClock.now);
    const doorman = { count: 0, isClosed: false };
    const rest = { store, bus: inProcessBus(), clock: systemClock, connections: 10 };
    const monitor = new HealthMonitor({ ...rest, signs, doorman });
    const storeIs = async (): Promise<unknown> => (await monitor.read()).checks.store;
    expect(await storeIs()).toEqual({ level: "healthy" });
    signs.observe("commit", 1.5);
    expect(await storeIs()).toEqual({ level: "warning", reason: "commits took longer than 1000 ms" });
    signs.add("failure", "commit");
    expect(await storeIs()).toEqual({ level: "critical", reason: "it does not commit" });
    expect(await monitor.read()).toMatchObject({ level: "critical", isReady: true });
    monitor.stop();
    await store.close();
  });
});

describe("vital signs", () => {
  const minutes = (at: { ms: number }): VitalSigns => new VitalSigns(silentMeter, () => at.ms);

  it("tell the part of the answers that failed, of a minute with enough of them", () => {
    const at = { ms: 0 };
    const signs = minutes(at);
    signs.add("reject", "server/unavailable", 10);
    expect(signs.errors).toBe(0); // Too few to say.
    for (let index = 0; index < 90; index += 1) signs.add("command", "accepted");
    expect(signs.errors).toBe(0.1);
    // What people did wrong is no failure of the server.
    signs.add("command", "refused");
    signs.add("reject", "permission/denied", 100);
    expect(signs.errors).toBe(0.05);
    at.ms = 60_000;
    expect(signs.errors).toBe(0);
  });

  it("tell the part of the attempts to connect that failed, old tokens left out", () => {
    const signs = minutes({ ms: 0 });
    for (let index = 0; index < 20; index += 1) signs.add("upgrade", "ok");
    for (let index = 0; index < 5; index += 1) signs.add("greeting", "server/full");
    for (let index = 0; index < 50; index += 1) signs.add("greeting", "auth/expired");
    expect(signs.refused).toBe(0.2);
  });

  it("tell of commits that are slow, and of one that failed until the next succeeds or half a minute is over", () => {
    const at = { ms: 0 };
    const signs = minutes(at);
    signs.observe("commit", 0.9);
    expect(signs.hasSlowCommits).toBe(false);
    signs.observe("commit", 1.1);
    expect(signs.hasSlowCommits).toBe(true);
    signs.add("failure", "commit");
    expect(signs.isCommitFailing).toBe(true);
    signs.observe("commit", 0.1);
    expect(signs.isCommitFailing).toBe(false);
    signs.add("failure", "commit");
    at.ms = 30_000;
    expect(signs.isCommitFailing).toBe(false);
  });

  it("[D9] keep no more than a minute needs", () => {
    const at = { ms: 0 };
    const recent = new Recent(() => at.ms);
    for (at.ms = 0; at.ms < 3_600_000; at.ms += 1_000) recent.note(at.ms < 3_570_000);
    at.ms -= 1;
    expect(recent.badRatio()).toBe(0.5);
  });
});
