import { describe, expect, it } from "vitest";
import { createClient } from "../client/create-client.ts";
import { createMemoryBackend } from "../memory/backend.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { bringMessage } from "./bring-message.ts";

describe("bringing a message here", () => {
  it("loads older pages until it is there, and gives up where it was told to, or when there are no more", async () => {
    const backend = createMemoryBackend({ policy: { ...defaultPolicy, rates: [] } });
    const writer = createClient({ transport: memoryTransport({ backend, userId: "ada" }) });
    await writer.connect();
    const there = writer.conversation("general");
    const ids: string[] = [];
    for (let count = 0; count < 450; count += 1) ids.push((await there.send(`message ${count}`)).id);

    const reader = createClient({ transport: memoryTransport({ backend, userId: "bo" }) });
    await reader.connect();
    const room = reader.conversation("general");
    await expect.poll(() => room.timeline.get().items.length).toBeGreaterThan(0);
    const [oldest = ""] = ids;
    expect(room.timeline.get().items.indexOf(oldest)).toBe(-1);
    expect(await bringMessage(room, oldest, 100)).toBe(false);
    expect(room.timeline.get().items.length).toBeLessThan(450);
    expect(await bringMessage(room, oldest)).toBe(true);
    expect(room.timeline.get().items.indexOf(oldest)).toBe(0);
    expect(await bringMessage(room, "019aa000-0000-7000-8000-000000000000")).toBe(false);
  });
});
