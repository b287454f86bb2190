import { describe, expect, it } from "vitest";
import { createClient } from "../client/create-client.ts";
import type { Conversation } from "../client/types.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { searchTimeline } from "./local-search.ts";

async function roomWith(...texts: readonly string[]): Promise<Conversation> {
  const client = createClient({ transport: memoryTransport() });
  await client.connect();
  const room = client.conversation("general");
  for (const text of texts) await room.send(text);
  return room;
}

function found(room: Conversation, query: string, limit?: number): readonly unknown[] {
  const options = limit === undefined ? {} : { limit };
  return searchTimeline(room.timeline.get(), query, options).map(({ content }) => Object(content).text);
}

describe("searching what is loaded", () => {
  it("finds words by how they begin, newest first, whatever the capitals and accents", async () => {
    const room = await roomWith("Crème brûlée for two", "no cream today", "the crème de la crème");
    expect(found(room, "creme")).toEqual(["the crème de la crème", "Crème brûlée for two"]);
    expect(found(room, "CRÈ bru")).toEqual(["Crème brûlée for two"]);
    expect(found(room, "rème")).toEqual([]);
    expect(found(room, "creme", 1)).toHaveLength(1);
  });

  it("finds nothing for nothing", async () => {
    const room = await roomWith("hello");
    expect([found(room, ""), found(room, "   ")]).toEqual([[], []]);
  });

  it("finds what an edit says now, and nothing of a deleted message", async () => {
    const room = await roomWith("first", "second");
    const [first, second] = room.timeline.get().items.slice();
    await room.edit(first?.key ?? "", "changed");
    await room.delete(second?.key ?? "");
    expect([found(room, "first"), found(room, "changed"), found(room, "second")]).toEqual([
      [],
      ["changed"],
      [],
    ]);
  });
});
