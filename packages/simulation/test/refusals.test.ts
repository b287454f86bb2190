import { isMessagingError, type MessageItem, type TimelineItem } from "@tidings/core";
import { afterEach, describe, expect, it } from "vitest";
import type { Member } from "../src/member.ts";
import { textsOf } from "../src/texts.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return "no error";
  } catch (error) {
    return isMessagingError(error) ? error.code : String(error);
  }
};

const isMessage = (item: TimelineItem | undefined): item is MessageItem => item?.type === "message";

const shown = ({ room }: Member, id: string): MessageItem | undefined => {
  const { items } = room.timeline.get();
  const item = items.at(items.indexOf(id));
  return isMessage(item) ? item : undefined;
};

/** Ada owns, Bob moderates. */
async function adaAndBob(): Promise<{ world: World; ada: Member; bob: Member }> {
  const made = await createWorld();
  const [ada, bob] = [made.member(0), made.member(1)];
  await (await ada.room.members.setRole("bob", "moderator")).settled();
  await until("bob a moderator", () =>
    bob.room.members.get().some(({ role, userId }) => userId === "bob" && role === "moderator"),
  );
  return { world: made, ada, bob };
}

describe("what the server refuses", { timeout: 30_000 }, () => {
  it("[D6] leaves no trace of an edit, a reaction or a pin, and says why", async () => {
    const { ada, bob, ...rest } = await adaAndBob();
    world = rest.world;
    const message = await bob.room.send("before");
    await message.settled();
    await until("ada has it", () => textsOf(ada.room).includes("before"));
    const untouched = shown(bob, message.id)?.message;
    bob.client.disconnect();
    const given = await Promise.all([
      bob.room.edit(message.id, "after"),
      bob.room.react(message.id, "👍"),
      bob.room.pin(message.id),
    ]);
    expect(shown(bob, message.id)).toMatchObject({
      pending: true,
      message: { content: { text: "after" }, reactions: [{ emoji: "👍" }], pinnedBy: "bob" },
    });
    await (await ada.room.delete(message.id)).settled();
    await bob.client.connect();
    const codes = await Promise.all(given.map((each) => codeOf(each.settled())));
    expect(codes).toEqual(["message/deleted", "message/deleted", "message/deleted"]);
    expect(await world.verify()).toEqual([]);
    const after = shown(bob, message.id);
    expect(after?.message).toMatchObject({
      deletedBy: "ada",
      content: { text: "" },
      reactions: [],
      version: untouched?.version,
    });
    expect(after?.pending).toBe(false);
    const { entries, failed } = bob.client.outbox.get();
    expect(failed).toBe(3);
    for (const { error } of entries) {
      expect(error?.help).toBe("@tidings/core/dist/errors.md#messagedeleted");
      expect(error?.userMessage).toBe("This message was deleted.");
    }
    for (const { command } of entries) expect(bob.client.outbox.cancel(command.commandId)).toBe(true);
    expect(shown(bob, message.id)?.error).toBeUndefined();
  });

  it("[D6] keeps the text of a message, and sends it when it is retried and may be", async () => {
    const { ada, bob, ...rest } = await adaAndBob();
    world = rest.world;
    bob.client.disconnect();
    const message = await bob.room.send("from the heart");
    await (await ada.room.members.mute("bob")).settled();
    await bob.client.connect();
    expect(await codeOf(message.settled())).toBe("permission/muted");
    expect(shown(bob, message.id)).toMatchObject({
      status: "failed",
      error: { code: "permission/muted", retryable: false },
    });
    expect(textsOf(bob.room)).toEqual(["from the heart"]);
    expect(textsOf(ada.room)).toEqual([]);
    expect(await world.verify()).toEqual([]);

    await (await ada.room.members.unmute("bob")).settled();
    const again = bob.client.outbox.retry(message.id);
    await again.settled();
    expect(await world.verify()).toEqual([]);
    expect(textsOf(bob.room)).toEqual(["from the heart"]);
    expect(textsOf(ada.room)).toEqual(["from the heart"]);
    expect(bob.client.outbox.get().entries).toEqual([]);
    expect(await codeOf(Promise.resolve().then(() => bob.client.outbox.retry(message.id)))).toBe(
      "outbox/not-found",
    );
  });

  it("[D6] undoes a mark of having read, which counts again once one is back in", async () => {
    const { ada, bob, ...rest } = await adaAndBob();
    world = rest.world;
    await (await ada.room.send("unread")).settled();
    await until("bob has it", () => bob.room.unread.get() === 1);
    bob.client.disconnect();
    bob.room.markRead();
    expect(bob.room.unread.get()).toBe(0);
    await (await ada.room.members.remove("bob")).settled();
    await bob.client.connect();
    await until("the mark refused", () => bob.room.unread.get() === 1);
    await (await ada.room.members.add("bob")).settled();
    await until("bob back in", async () => {
      bob.room.markRead();
      await sleep(50);
      return ada.room.readersOf(1).includes("bob");
    });
    expect(bob.room.unread.get()).toBe(0);
    expect(await world.verify()).toEqual([]);
  });

  it("[D5] never moves a mark of having read back, not even in between", async () => {
    world = await createWorld();
    const [ada, bob] = [world.member(0), world.member(1)];
    for (const text of ["one", "two", "three"]) await (await ada.room.send(text)).settled();
    await until("bob has them", () => bob.room.unread.get() === 3);
    const seen: number[] = [];
    bob.room.unread.subscribe((count) => seen.push(count));
    bob.room.markRead(2);
    bob.room.markRead(1);
    await until("ada hears of it", () => ada.room.readersOf(2).includes("bob"));
    bob.room.markRead(3);
    await until("ada hears of that", () => ada.room.readersOf(3).includes("bob"));
    expect([...new Set(seen)]).toEqual([1, 0]);
    expect(seen).toEqual([...seen].sort((one, other) => other - one));
  });

  it("[D6] refuses here, before anything is shown or sent, what cannot succeed", async () => {
    const { ada, bob, ...rest } = await adaAndBob();
    world = rest.world;
    const message = await ada.room.send("mine");
    await message.settled();
    await until("bob has it", () => textsOf(bob.room).includes("mine"));
    expect(await codeOf(bob.room.edit(message.id, "yours"))).toBe("permission/denied");
    expect(await codeOf(bob.room.send(""))).toBe("draft/empty");
    expect(await codeOf(bob.room.send("x".repeat(10_001)))).toBe("draft/too-long");
    expect(bob.client.outbox.get().entries).toEqual([]);
    expect(textsOf(bob.room)).toEqual(["mine"]);
    expect(bob.delivery.moves).toBe(0);
  });
});
