import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import { cacheKeys } from "../cache/keys.ts";
import type { Client, Conversation } from "../client/types.ts";
import { memoryStorage } from "../memory/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { newId } from "../testing/dialled.ts";
import { openThread } from "./thread.ts";
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
  it("[K2, K5] is there after a reload with no network, as it was last, and only for those who are in (row F3)", async () => {
    const { here, room, ids } = await eight();
    const storage = memoryStorage();
    const [first] = await member(here, "ben", { storage });
    await room.send("a reply", { threadId: ids[2] ?? "" });
    const stop = pinnedIn(first, "ours").subscribe(() => {});
    openThread(first, "ours", ids[2] ?? "").view.subscribe(() => {});
    await here.clock.advance(1_000);
    await room.edit(ids[0] ?? "", "text 0, changed");
    await here.clock.advance(1_000);
    stop();
    await first.close();
    const life = async (userId = "ben"): Promise<PinnedView> => {
      const client = here.client(userId, { storage, userId });
      const pins = pinnedIn(client, "ours");
      pins.subscribe(() => {});
      await here.clock.advance(1_000);
      const found = pins.get();
      await client.close();
      return found;
    };
    expect(said(await life())).toEqual(["text 0, changed", "text 1"]);
    expect(await life()).toMatchObject({ complete: false, error: { code: "connection/offline" } });
    expect(said(await life("eve"))).toEqual([]);
    const other = here.client("eve", { storage, userId: "ben" }); // who, the backend says, is eve
    const pins = pinnedIn(other, "ours");
    const thread = openThread(other, "ours", ids[2] ?? "");
    for (const each of [pins, thread.view]) each.subscribe(() => {});
    await here.clock.advance(1_000);
    expect([said(pins.get()).length, thread.view.get().items.length]).toEqual([2, 1]);
    await other.connect();
    await here.clock.advance(1_000);
    expect([said(pins.get()), thread.view.get()]).toMatchObject([[], { items: [], root: undefined }]);
    await other.close();
    expect(await storage.scan({ prefix: cacheKeys("eve").timeline("ours") })).toEqual([]);
    here.backend.act("ada", {
      ...{ type: "participant.remove", userId: "ben", conversationId: "ours", commandId: newId(), at: 0 },
    });
    const [second] = await member(here, "ben", { storage });
    await here.clock.advance(1_000);
    await second.close();
    expect(said(await life())).toEqual([]);
    expect(await storage.scan({ prefix: cacheKeys("ben").timeline("ours") })).toEqual([]);
  });

  it("[K9] is gone from storage once the client knows that it was deleted, though nobody looks at it again (row D25)", async () => {
    const { here, room, ids } = await eight();
    const storage = memoryStorage();
    const [first] = await member(here, "ben", { storage });
    await room.send("a reply", { threadId: ids[7] ?? "" });
    const theirs = await room.send("another reply", { threadId: ids[6] ?? "" });
    await room.pin(ids[7] ?? "");
    pinnedIn(first, "ours").subscribe(() => {});
    for (const id of ids.slice(6)) openThread(first, "ours", id).view.subscribe(() => {});
    await here.clock.advance(1_000);
    await first.close();
    await room.delete(ids[7] ?? "");
    await here.clock.settle();
    const beside = async (): Promise<readonly unknown[]> =>
      (await storage.scan({ prefix: cacheKeys("ben").timeline("ours") })).map(([key]) => key.slice(5));
    expect(await beside()).toEqual([[], ["pins"], ["thread", ids[6]], ["thread", ids[7]]]);
    const [second] = await member(here, "ben", { storage });
    second.conversation("ours").timeline.subscribe(() => {});
    await here.clock.advance(1_000);
    expect(await beside()).toEqual([[], ["thread", ids[6]]]);
    await room.delete(theirs.id);
    await here.clock.advance(1_000);
    expect(await beside()).toEqual([[]]);
    await second.close();
  });

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
