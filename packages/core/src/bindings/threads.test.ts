import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { createClient } from "../client/create-client.ts";
import type { Conversation } from "../client/types.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { createComposer } from "./composer.ts";
import { openThread } from "./thread.ts";
import { openThreads, threadIn, threadsIn } from "./threads.ts";

async function newRoom(): Promise<Conversation> {
  const client = createClient({ transport: memoryTransport() });
  await client.connect();
  return client.conversation("general");
}

const texts = (room: Conversation, rootId: string): readonly unknown[] =>
  threadIn(room.timeline.get(), rootId).map(({ message }) => Object(message.content).text);

describe("threads", () => {
  it("counts the replies that are not deleted, by the first message", async () => {
    const room = await newRoom();
    const root = await room.send("Who takes Thursday?");
    expect(threadsIn(room.timeline.get()).size).toBe(0);
    await room.send("I do", { threadId: root.id });
    const second = await room.send("Or me", { threadId: root.id });
    await room.send("Something else");
    expect(threadsIn(room.timeline.get()).get(root.id)?.replies).toBe(2);
    await room.delete(second.id);
    expect(threadsIn(room.timeline.get()).get(root.id)?.replies).toBe(1);
    expect(threadsIn(room.timeline.get(), { depth: 1 }).size).toBe(0);
  });

  it("have the backend count what is unread where not all of them is loaded, and count on from there (row F3)", async () => {
    const here = world({
      policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 4 } },
    });
    const [, ada] = await member(here, "ada");
    const root = await ada.send("Who takes Thursday?");
    const replies = [];
    for (let count = 0; count < 6; count += 1)
      replies.push(await ada.send(`reply ${count}`, { threadId: root.id }));
    await here.clock.settle();
    const [ben, bens] = await member(here, "ben");
    expect(bens.timeline.get().items.length).toBe(4);
    const threads = openThreads(ben, "general");
    threads.subscribe(() => {});
    const unread = async (): Promise<number | undefined> => {
      await here.clock.advance(1_000);
      return threads.get().get(root.id)?.unread;
    };
    expect(await unread()).toBe(6);
    await ada.send("one more", { threadId: root.id });
    await bens.send("mine", { threadId: root.id });
    expect(await unread()).toBe(7);
    await ada.delete(replies[0]?.id ?? ""); // not loaded here
    expect(await unread()).toBe(6);
    await ada.delete(replies[5]?.id ?? "");
    expect(await unread()).toBe(5);
    ben.disconnect();
    await ada.send("missed", { threadId: root.id });
    await ben.connect();
    expect(await unread()).toBe(6);
    const thread = openThread(ben, "general", root.id);
    thread.view.subscribe(() => {});
    expect(await unread()).toBe(6);
    expect(thread.view.get()).toMatchObject({ unread: 6, hasOlder: true });
    const another = await ada.send("and another", { threadId: root.id });
    expect(await unread()).toBe(7);
    expect(thread.view.get().unread).toBe(7);
    await ada.delete(another.id);
    expect([await unread(), thread.view.get().unread]).toEqual([6, 6]);
    await ada.delete(replies[4]?.id ?? ""); // counted, and loaded
    expect([await unread(), thread.view.get().unread]).toEqual([5, 5]);
    await thread.markRead();
    expect([await unread(), thread.view.get().unread]).toEqual([0, 0]);
    await ada.send("the last", { threadId: root.id });
    expect([await unread(), thread.view.get().unread]).toEqual([1, 1]);
  });

  it("names who wrote in each and counts what is unread, until it is read on any device (row F3)", async () => {
    const here = world();
    const [, ada] = await member(here, "ada");
    const [ben, bens] = await member(here, "ben");
    const [phone] = await member(here, "ben");
    const root = await ada.send("Who takes Thursday?");
    const other = await ada.send("And Friday?");
    await ada.send("I could", { threadId: root.id });
    await bens.send("Or me", { threadId: root.id });
    await ada.send("Nobody?", { threadId: other.id });
    await here.clock.settle();
    const threads = openThreads(ben, "general");
    let told = 0;
    threads.subscribe(() => (told += 1));
    const before = threads.get();
    expect(before.get(root.id)).toMatchObject({ replies: 2, userIds: ["ada", "ben"], unread: 1 });
    const elsewhere = openThread(phone, "general", root.id);
    elsewhere.view.subscribe(() => {});
    await here.clock.settle();
    await elsewhere.markRead();
    await here.clock.settle();
    expect(threads.get().get(root.id)).toMatchObject({ replies: 2, unread: 0 });
    expect(threads.get().get(other.id)).toBe(before.get(other.id));
    expect(told).toBeGreaterThan(0);
    const here2 = openThread(ben, "general", other.id);
    here2.view.subscribe(() => {});
    await here2.markRead();
    expect(threads.get().get(other.id)).toMatchObject({ unread: 0 });
  });

  it("lists the first message, then the replies", async () => {
    const room = await newRoom();
    await room.send("Before");
    const root = await room.send("Root");
    await room.send("Between");
    await room.send("Reply", { threadId: root.id });
    expect(texts(room, root.id)).toEqual(["Root", "Reply"]);
    expect(texts(room, "019aa000-0000-7000-8000-000000000000")).toEqual([]);
  });

  it("has composers with a draft of their own, which send into the thread and edit within it", async () => {
    const room = await newRoom();
    const root = await room.send("Root");
    room.draft.set("for everybody");
    const composer = createComposer(room, { threadId: root.id });
    expect(composer.get().text).toBe("");
    composer.write("for the thread");
    await composer.send();
    expect(room.draft.get()).toBe("for everybody");
    expect(texts(room, root.id)).toEqual(["Root", "for the thread"]);

    await room.send("newest of all");
    composer.press({ key: "ArrowUp" });
    expect(composer.get().text).toBe("for the thread");
    composer.write("for the thread, again");
    await composer.send();
    expect(texts(room, root.id)).toEqual(["Root", "for the thread, again"]);
  });
});
