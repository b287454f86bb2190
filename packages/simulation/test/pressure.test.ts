import { afterEach, describe, expect, it } from "vitest";
import { startBackend, wideBounds } from "../src/backend.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const LONG = "x".repeat(90_000);
/** More than the buffers of both kernels and of the proxy hold, which is some 40 MB where Linux may tune them. */
const MOST = 1_500;

describe("somebody who takes in less than is sent to them", { timeout: 60_000 }, () => {
  it("[D4, D9, M11] is cut off by the server, keeps nobody waiting, and catches up when they are back", async () => {
    const bounds = { ...wideBounds, backlogBytes: 1_048_576 };
    // A page of them is well below what a link may leave unread.
    const limits = { textLength: 90_010, frameBytes: 131_072, pageSize: 5 };
    // No heartbeat ends the link before the server does.
    const backend = await startBackend({ bounds, policy: { heartbeatMs: 60_000 }, limits });
    world = await createWorld({ backend });
    const [ada, bob, cyd] = [world.member(0), world.member(1), world.member(2)];
    const { connections } = backend.server;
    bob.proxy.set({ blackHole: true }, "down");
    let sent = 0;
    // On a slow machine he may be back before anybody looks.
    const isCutOff = (): boolean => backend.server.connections < connections || bob.proxy.attempts > 1;
    while (!isCutOff() && sent < MOST) {
      const batch = Array.from({ length: 10 }, () => ada.room.send(`${sent++} ${LONG}`));
      const last = (await Promise.all(batch)).at(-1);
      await last?.settled();
    }
    expect(isCutOff()).toBe(true);
    await until(
      "cyd has all",
      () => cyd.room.timeline.get().head.seq === sent && cyd.room.timeline.get().complete,
    );
    expect([ada, cyd].map(({ proxy }) => proxy.attempts)).toEqual([1, 1]);

    bob.proxy.heal();
    expect(await world.verify(30_000)).toEqual([]);
    expect(bob.proxy.attempts).toBeGreaterThan(1);
    expect(textsOf(bob.room)).toEqual(textsOf(ada.room));
    expect(textsOf(bob.room)).toHaveLength(sent);
  });
});
