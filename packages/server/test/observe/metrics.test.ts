import { describe, expect, it } from "vitest";
import { createPromMeter } from "../../src/observe/prom-meter.ts";
import type { Readings } from "../../src/observe/metrics.ts";
import { freePort } from "../../src/testing/service-process.ts";
import { parsePage } from "../support/metrics-page.ts";
import { join, message, newId, RawClient } from "../support/raw-client.ts";
import { start, unhurried } from "../support/start.ts";

/** The page of a server, read. */
async function pageOf({ metricsUrl = "" }: { readonly metricsUrl: string | undefined }) {
  const response = await fetch(metricsUrl);
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  return parsePage(await response.text());
}

describe("the page of metrics", () => {
  it("counts what was said, refused, said again and delivered", async () => {
    const server = await start({ metricsPort: 0, policy: unhurried });
    const other = await start({ metricsPort: 0 });
    const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
    const [first] = [ada.frame(message("general", "hello"))];
    ada.send(first);
    await ada.answer(first.id);
    ada.send({ ...first, id: 1_000 });
    await ada.answer(1_000);
    expect(await ada.refused(message("nowhere", "hello"))).toBe("conversation/not-found");
    await bob.find("change", ({ change }) => change.record.type === "message");
    await bob.query({ type: "history", conversationId: "general", limit: 10 });
    expect((await bob.ask({ type: "history", conversationId: "nowhere", limit: 10 })).type).toBe("reject");
    const stranger = await new RawClient(server.url).opened();
    stranger.hello("no token", "stranger");
    await stranger.closed;

    const page = await pageOf(server);
    expect(page.value("tidings_messages_total")).toBe(1);
    expect(page.value("tidings_commands_total", "repeated")).toBe(1);
    expect(page.value("tidings_commands_total", "refused")).toBe(1);
    expect(page.value("tidings_rejects_total", "conversation/not-found")).toBe(2);
    expect(page.value("tidings_frames_total", "submit")).toBe(3);
    expect(page.value("tidings_upgrades_total", "ok")).toBe(3);
    expect(page.value("tidings_greetings_total", "ok")).toBe(2);
    expect(page.value("tidings_greetings_total", "auth/invalid")).toBe(1);
    expect(page.value("tidings_links_closed_total", "auth/invalid")).toBe(1);
    expect(page.value("tidings_ack_seconds_count")).toBe(3);
    expect(page.value("tidings_delivery_seconds_count")).toBe(1);
    expect(page.value("tidings_query_seconds_count", "history")).toBe(2);
    // Ada is told of Bob, and Bob of what she says.
    expect(page.value("tidings_deliveries_total")).toBeGreaterThanOrEqual(2);
    expect(page.value("tidings_connections")).toBe(2);
    expect(page.value("tidings_links")).toBe(2);
    expect(page.value("tidings_users")).toBe(2);
    expect(page.value("tidings_conversations")).toBe(1);
    expect(page.value("tidings_ready")).toBe(1);
    expect(page.value("tidings_commit_queue")).toBe(0);
    expect(page.value("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect(page.value("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
    expect((await pageOf(other)).value("tidings_messages_total")).toBe(0);
  });

  it("counts commands whose ids come from other people as refused, and never holds an id or a name", async () => {
    const server = await start({ metricsPort: 0, policy: unhurried });
    const [ada, bob] = [await join(server, "ada-of-the-secret-name"), await join(server, "bob")];
    const commandId = newId();
    await ada.accepted({ ...message("general", "mine"), commandId });
    expect(await bob.refused({ ...message("general", "mine"), commandId })).toBe("command/id-taken");
    const { text, value } = await pageOf(server);
    expect(value("tidings_rejects_total", "command/id-taken")).toBe(1);
    for (const name of ["ada-of", "bob", "general", commandId]) expect(text).not.toContain(name);
  });

  it("is beside the rest only where that was asked for", async () => {
    const apart = await start({ metricsPort: 0 });
    expect(apart.metricsUrl).not.toContain(apart.httpUrl);
    expect((await fetch(`${apart.httpUrl}/metrics`)).status).toBe(404);
    expect((await fetch((apart.metricsUrl ?? "").replace("/metrics", "/health"))).status).toBe(200);
    const port = await freePort();
    const together = await start({ port, metricsPort: port });
    expect(together.metricsUrl).toBe(`${together.httpUrl}/metrics`);
    expect((await pageOf(together)).value("tidings_ready")).toBe(1);
  });
});

describe("a meter", () => {
  const none: Readings = {
    ...{ connections: 0, connectionsBound: 0, links: 0, users: 0, conversations: 0, commitQueue: 0 },
    ...{ queryQueue: 0, backlogBytes: 0, health: {}, ready: 0, loopBusy: 0, memoryBound: 0, version: {} },
    deliveries: 0,
  };

  it("[D9] puts together what has more values than a label may have", async () => {
    const meter = createPromMeter(() => 0);
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < 1_000; index += 1) meter.add("frame", `type-${index}`);
    const page = parsePage(await meter.page(() => Promise.resolve(none)));
    const lines = page.text.split("\n").filter((line) => line.startsWith("tidings_frames_total{"));
    expect(lines).toHaveLength(101);
    expect(page.value("tidings_frames_total", "type-99")).toBe(2);
    expect(page.value("tidings_frames_total", "other")).toBe(1_800);
  });

  it("gives what is read as it is now, however often it is asked", async () => {
    const meter = createPromMeter(() => 0);
    await meter.page(() => Promise.resolve({ ...none, deliveries: 5, health: { store: 2, bus: 1 } }));
    const page = parsePage(
      await meter.page(() => Promise.resolve({ ...none, deliveries: 7, health: { store: 0 } })),
    );
    expect(page.value("tidings_deliveries_total")).toBe(7);
    expect(page.value("tidings_health", "store")).toBe(0);
    expect(page.value("tidings_health", "bus")).toBeUndefined();
  });
});
