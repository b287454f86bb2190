import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import type { OpenRequest, Transport } from "../ports/transport.ts";

describe("a change with a revision or a sequence beyond belief", () => {
  it.each([
    ["revision", { rev: Number.MAX_SAFE_INTEGER, seq: 2 }],
    ["sequence", { rev: 7, seq: 2 ** 31 }],
    ["revision and sequence", { rev: Number.MAX_SAFE_INTEGER, seq: 2 ** 31 }],
  ])("[D9] %s: does not leave the conversation incomplete for ever", async (_name, { rev, seq }) => {
    const here = world();
    let request: OpenRequest | undefined;
    const inner = here.backend.transport("ada");
    const transport: Transport = {
      ...inner,
      open: (asked, signal) => inner.open((request = asked), signal),
    };
    const [, room] = await member(here, "ada", { transport });
    const sent = await room.send("one");
    await sent.settled();
    const item = room.timeline.get().items.at(0);
    if (item?.type !== "message") throw new Error("unable to misbehave; there is no message");
    const record = { ...item.message, id: "01900000-0000-7000-8000-ffffffffffff", rev, seq };
    const { conversationId } = record;
    const change = { conversationId, rev, kind: "message.send", actorId: "bob", at: 0, record } as const;
    request?.receive([{ type: "change", change: { ...change, commandId: record.id } }]);
    expect(room.timeline.get().complete).toBe(false);
    await here.clock.advance(120_000);
    await (await room.send("two")).settled();
    await here.clock.settle();
    const { complete, missing } = room.timeline.get();
    expect([complete, missing, texts(room)]).toEqual([true, undefined, ["one", "two"]]);
  });
});
