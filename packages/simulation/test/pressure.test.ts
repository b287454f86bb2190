import { afterEach, describe, expect, it } from "vitest";
import { startBackend, wideBounds } from "../src/backend.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

/** The longest text there may be. */
const LONG = "x".repeat(9_990);

describe("somebody who takes in less than is sent to them", { timeout: 60_000 }, () => {
  it("[D4, D9] is cut off by the server, keeps nobody waiting, and catches up when they are back", async () => {
    const bounds = { ...wideBounds, backlogBytes: 256 * 1_024 };
    // No heartbeat ends the link before the server does.
    const backend = await startBackend({ bounds, policy: { heartbeatMs: 60_000 } });
    world = await createWorld({ backend });
    const [ada, bob, cyd] = [world.member(0), world.member(1), world.member(2)];
    const codes: (string | undefined)[] = [];
    bob.client.connection.subscribe(({ error }) => codes.push(error?.code));
    bob.proxy.set({ blackHole: true }, "down");
    const { connections } = backend.server;
    let sent = 0;
    // The buffers of both kernels and of the proxy fill before those of the server do.
    while (backend.server.connections === connections && sent < 4_000) {
      const batch = Array.from({ length: 50 }, () => ada.room.send(`${sent++} ${LONG}`));
      const last = (await Promise.all(batch)).at(-1);
      await last?.settled();
    }
    expect(backend.server.connections).toBe(connections - 1);
    await until(
      "cyd has all",
      () => cyd.room.timeline.get().head.seq === sent && cyd.room.timeline.get().complete,
    );
    expect(ada.proxy.attempts).toBe(1);
    expect(cyd.proxy.attempts).toBe(1);

    bob.proxy.heal();
    expect(await world.verify(30_000)).toEqual([]);
    expect(codes).toContain("connection/slow");
    expect(bob.proxy.attempts).toBeGreaterThan(1);
    expect(textsOf(bob.room)).toEqual(textsOf(ada.room));
    expect(textsOf(bob.room)).toHaveLength(sent);
  });
});
