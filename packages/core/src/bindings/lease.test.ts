import { describe, expect, it } from "vitest";
import { createClient } from "../client/create-client.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import type { Transport } from "../ports/transport.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import type { Client } from "../client/types.ts";
import { holdConnection } from "./lease.ts";

function lab(): { clock: VirtualClock; client: Client; opened: () => number } {
  const clock = virtualClock(1_000_000);
  const real = memoryTransport();
  let opened = 0;
  const transport: Transport = {
    ...real,
    open(request, signal) {
      opened += 1;
      return real.open(request, signal);
    },
  };
  return { clock, client: createClient({ transport, clock }), opened: () => opened };
}

describe("holding a connection", () => {
  it("connects with the first and disconnects after the last", async () => {
    const { clock, client, opened } = lab();
    const ends = [holdConnection(client, clock), holdConnection(client, clock)];
    await clock.advance(1);
    expect(client.connection.get().name).toBe("online");
    ends[0]?.();
    ends[0]?.();
    await clock.advance(5_000);
    expect(client.connection.get().name).toBe("online");
    ends[1]?.();
    await clock.advance(5_000);
    expect([client.connection.get().name, opened()]).toEqual(["idle", 1]);
  });

  it("keeps one link when a screen is taken down and put up again", async () => {
    const { clock, client, opened } = lab();
    for (let round = 0; round < 5; round += 1) {
      holdConnection(client, clock)();
      await clock.advance(200);
    }
    const end = holdConnection(client, clock);
    await clock.advance(5_000);
    expect([client.connection.get().name, opened()]).toEqual(["online", 1]);
    end();
  });

  it("does no harm to a client that was closed", async () => {
    const { clock, client } = lab();
    await client.close();
    holdConnection(client, clock)();
    await clock.advance(5_000);
    expect(client.connection.get().name).toBe("closed");
  });
});
