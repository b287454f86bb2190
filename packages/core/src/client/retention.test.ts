import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { pinnedIn } from "../bindings/pinned.ts";
import { cacheKeys } from "../cache/keys.ts";
import { memoryStorage } from "../memory/storage.ts";

const MINUTE_MS = 60_000;

/** A conversation that keeps two messages. */
function forgetful(): ReturnType<typeof world> {
  return world({
    conversations: [
      {
        conversationId: "general",
        participants: [{ userId: "ada", role: "owner" }, { userId: "ben" }],
      },
    ],
  });
}

describe("messages that are not kept", () => {
  it("go from the timelines of who is there, and from the storage of who comes back (row C14)", async () => {
    const here = forgetful();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada");
    const [ben, his] = await member(here, "ben", { storage });
    const beside = async (): Promise<number> =>
      (await storage.scan({ prefix: cacheKeys("ben").timeline("general") })).length - 1;
    const retention = { maxMessages: 2 };
    await room.update({ settings: { typing: true, receipts: true, retention } });
    const { id } = await room.send("1");
    for (const text of ["2", "3"]) await room.send(text);
    await room.pin(id);
    pinnedIn(ben, "general").subscribe(() => {});
    await here.clock.advance(1_000);
    expect(texts(his)).toEqual(["1", "2", "3"]);
    expect(await beside()).toBe(1);
    await ben.close();
    const errors: unknown[] = [];
    ada.on("error", (error) => errors.push(error));
    await here.clock.advance(MINUTE_MS + 5);
    expect(texts(room)).toEqual(["2", "3"]);

    here.backend.faults.offline(true);
    const again = here.client("ben", { storage });
    again.on("error", (error) => errors.push(error));
    const kept = again.conversation("general");
    await here.clock.settle();
    expect(texts(kept)).toEqual(["1", "2", "3"]); // nobody has told it
    here.backend.faults.offline(false);
    void again.connect();
    await here.clock.advance(MINUTE_MS);
    expect(texts(kept)).toEqual(["2", "3"]);
    expect(kept.timeline.get().hasOlder).toBe(false);
    expect(kept.unread.get()).toBe(2);
    await again.close();
    expect(await beside()).toBe(0); // what was pinned is not kept either [K9]

    here.backend.faults.offline(true);
    const third = here.client("ben", { storage });
    const shown = third.conversation("general");
    await here.clock.settle();
    expect(texts(shown)).toEqual(["2", "3"]);
    expect(errors.filter((error) => String(error).includes("gap"))).toEqual([]);
  });

  it("go by their age, all of them if nobody says anything more", async () => {
    const here = forgetful();
    const [ada, room] = await member(here, "ada");
    const retention = { maxAgeMs: 5 * MINUTE_MS };
    await room.update({ settings: { typing: true, receipts: true, retention } });
    await room.send("1");
    await here.clock.advance(3 * MINUTE_MS);
    await room.send("2");
    await here.clock.advance(3 * MINUTE_MS);
    expect(texts(room)).toEqual(["2"]);
    await here.clock.advance(3 * MINUTE_MS);
    expect(texts(room)).toEqual([]);
    expect(ada.conversations.get()).toMatchObject([{ lastMessage: undefined, unread: 0 }]);
    await room.send("3");
    await here.clock.settle();
    expect(texts(room)).toEqual(["3"]);
  });
});
