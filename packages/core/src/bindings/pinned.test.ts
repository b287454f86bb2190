import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import type { Client, Conversation } from "../client/types.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { pinnedIn, type PinnedView } from "./pinned.ts";

/** ada's room with eight messages, of which ben's page holds four. */
async function eight(): Promise<{
  readonly here: World;
  readonly room: Conversation;
  readonly ids: readonly string[];
  readonly ben: Client;
}> {
  const here = world({
    policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 4 } },
  });
  const [adas] = await member(here, "ada");
  await adas.createConversation({ conversationId: "ours", kind: "group", participants: [{ userId: "ben" }] });
  const room = adas.conversation("ours");
  const ids: string[] = [];
  for (let count = 0; count < 8; count += 1) ids.push((await room.send(`text ${count}`)).id);
  await here.clock.settle();
  await room.pin(ids[1] ?? "");
  await here.clock.advance(5);
  await room.pin(ids[0] ?? "");
  await here.clock.settle();
  const [ben] = await member(here, "ben");
  return { here, room, ids, ben };
}

const said = ({ messages }: PinnedView): readonly unknown[] =>
  messages.map(({ content }) => Object(content).text);

describe("what is pinned", () => {
  it("is listed whole, the one pinned last first, also where it is not loaded, and followed (row F3)", async () => {
    const { here, room, ids, ben } = await eight();
    const pins = pinnedIn(ben, "ours");
    expect(pins.get()).toMatchObject({ messages: [], complete: false });
    pins.subscribe(() => {});
    await here.clock.settle();
    expect(said(pins.get())).toEqual(["text 0", "text 1"]);
    expect(pins.get()).toMatchObject({ complete: true, error: undefined });
    await here.clock.advance(5);
    await room.pin(ids[7] ?? "");
    await here.clock.settle();
    expect(said(pins.get())).toEqual(["text 7", "text 0", "text 1"]);
    await room.edit(ids[0] ?? "", "text 0, changed");
    await room.unpin(ids[1] ?? "");
    await here.clock.settle();
    expect(said(pins.get())).toEqual(["text 7", "text 0, changed"]);
  });

  it("shows what is loaded while there is no link, says why, and asks anew with the next", async () => {
    const { here, room, ids, ben } = await eight();
    await room.pin(ids[7] ?? "");
    await here.clock.settle();
    ben.conversation("ours");
    await here.clock.settle();
    ben.disconnect();
    const pins = pinnedIn(ben, "ours");
    pins.subscribe(() => {});
    await here.clock.settle();
    expect(said(pins.get())).toEqual(["text 7"]);
    expect(pins.get()).toMatchObject({ complete: false, error: { code: "connection/offline" } });
    await room.unpin(ids[0] ?? "");
    await here.clock.settle();
    await ben.connect();
    await here.clock.settle();
    expect(said(pins.get())).toEqual(["text 7", "text 1"]);
    expect(pins.get()).toMatchObject({ complete: true, error: undefined });
  });
});
