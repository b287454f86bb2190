import { describe, expect, it } from "vitest";
import { createClient } from "../client/create-client.ts";
import type { Client } from "../client/types.ts";
import { createMemoryBackend } from "../memory/backend.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { createUnreadDivider } from "./unread-divider.ts";

async function lab(): Promise<{ clock: VirtualClock; join: (userId: string) => Promise<Client> }> {
  const clock = virtualClock(1_000_000);
  const backend = createMemoryBackend({ clock });
  const join = async (userId: string): Promise<Client> => {
    const client = createClient({ transport: memoryTransport({ backend, userId }), clock });
    void client.connect();
    await clock.advance(10);
    return client;
  };
  return { clock, join };
}

describe("the divider before what is new", () => {
  it("stands before the first unread message, and stays there while it is read and more comes", async () => {
    const { clock, join } = await lab();
    const [ada, bo] = [await join("ada"), await join("bo")];
    const [here, there] = [ada.conversation("general"), bo.conversation("general")];
    await there.send("old");
    await clock.advance(1_000);
    here.markRead();
    await clock.advance(1_000);
    const first = await there.send("new");
    await there.send("newer");
    await clock.advance(1_000);
    const divider = createUnreadDivider(ada, "general");
    expect(divider.get()).toBe(first.id);
    here.markRead();
    await there.send("newest");
    await clock.advance(1_000);
    expect(divider.get()).toBe(first.id);
  });

  it("is nowhere when all was read, also for what comes afterwards", async () => {
    const { clock, join } = await lab();
    const [ada, bo] = [await join("ada"), await join("bo")];
    await bo.conversation("general").send("old");
    await clock.advance(1_000);
    ada.conversation("general").markRead();
    await clock.advance(1_000);
    const divider = createUnreadDivider(ada, "general");
    const told: unknown[] = [];
    divider.subscribe((key) => told.push(key));
    await bo.conversation("general").send("new");
    await ada.conversation("general").send("one's own");
    await clock.advance(1_000);
    expect([divider.get(), told]).toEqual([undefined, []]);
  });
});
