import { describe, expect, it } from "vitest";
import { member, texts, type World, world } from "../../test/client/world.ts";
import { cacheKeys } from "../cache/keys.ts";
import type { Conversation } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { Transport } from "../ports/transport.ts";
import { bringDate } from "./jump.ts";
import { type FoundMessage, openMessages } from "./message-book.ts";
import { openThread, type ThreadView } from "./thread.ts";

const textOf = (message: FoundMessage): string =>
  typeof message === "string" ? message : "text" in message.content ? message.content.text : "sealed";

/** Writes down what is asked over a transport. */
function noting(transport: Transport, asked: string[]): Transport {
  return {
    ...transport,
    async open(...given) {
      const link = await transport.open(...given);
      return {
        ...link,
        query(query) {
          asked.push(query.type);
          return link.query(query);
        },
      };
    },
  };
}

/** Pages of four, so that a few messages make several. */
function small(): World {
  return world({ policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 4 } } });
}

const say = async (room: Conversation, text: string, threadId?: string): Promise<string> =>
  (await room.send(text, threadId === undefined ? {} : { threadId })).id;

describe("a message by its id", () => {
  it("is followed through edits and deletions, loaded or not, and asked for in one query with others (row F3)", async () => {
    const here = small();
    const [, ada] = await member(here, "ada");
    const old = await say(ada, "the first");
    const other = await say(ada, "the second");
    for (let count = 0; count < 9; count += 1) await say(ada, `more ${count}`);
    await here.clock.settle();
    const asked: string[] = [];
    const [ben, room] = await member(here, "ben", {
      transport: noting(here.backend.transport("ben"), asked),
    });
    expect(texts(room)).not.toContain("the first");
    const shown: string[] = [];
    const quoted = openMessages(ben).message("general", old);
    expect(quoted.get()).toBe("loading");
    quoted.subscribe((found) => shown.push(textOf(found)));
    const beside = openMessages(ben).message("general", other);
    beside.subscribe(() => {});
    await here.clock.settle();
    expect([shown, textOf(beside.get())]).toEqual([["the first"], "the second"]);
    expect(asked.filter((type) => type === "messages")).toHaveLength(1);
    await ada.edit(old, "the very first");
    await here.clock.settle();
    await ada.delete(old);
    await here.clock.settle();
    expect(shown).toEqual(["the first", "the very first", ""]);
    expect(quoted.get()).toMatchObject({ deletedBy: "ada" });
  });

  it("is asked for again after a break, and is missing where one may not read", async () => {
    const here = small();
    const [adas, ada] = await member(here, "ada");
    const old = await say(ada, "the first");
    for (let count = 0; count < 9; count += 1) await say(ada, `more ${count}`);
    await adas.createConversation({ conversationId: "secret", kind: "group" });
    const secret = await say(adas.conversation("secret"), "psst");
    await here.clock.settle();
    const [ben] = await member(here, "ben");
    const book = openMessages(ben);
    const [quoted, hidden] = [book.message("general", old), book.message("secret", secret)];
    for (const each of [quoted, hidden]) each.subscribe(() => {});
    await here.clock.settle();
    expect([textOf(quoted.get()), hidden.get()]).toEqual(["the first", "missing"]);
    ben.disconnect();
    await ada.edit(old, "changed meanwhile");
    await here.clock.settle();
    expect(textOf(quoted.get())).toBe("the first");
    await ben.connect();
    await here.clock.settle();
    expect(textOf(quoted.get())).toBe("changed meanwhile");
  });
});

describe("a thread by itself", () => {
  const shownIn = ({ root, items }: ThreadView): readonly string[] => [
    root ? textOf(root) : "?",
    ...items.map(({ message, status }) => `${textOf(message)}${message.seq === 0 ? ` ${status}` : ""}`),
  ];

  it("is paged, live, with its people and what is unread, whatever of the conversation is loaded (row F3)", async () => {
    const here = small();
    const [, ada] = await member(here, "ada");
    const [, ben] = await member(here, "ben");
    const root = await say(ada, "shall we?");
    for (let count = 1; count <= 6; count += 1) await say(count % 2 ? ada : ben, `reply ${count}`, root);
    await here.clock.settle();
    for (let count = 0; count < 9; count += 1) await say(ada, `elsewhere ${count}`);
    await here.clock.settle();
    const [cys, cy] = await member(here, "cy");
    const thread = openThread(cys, "general", root);
    const stop = thread.view.subscribe(() => {});
    await here.clock.settle();
    expect(shownIn(thread.view.get())).toEqual([
      "shall we?",
      ...[3, 4, 5, 6].map((count) => `reply ${count}`),
    ]);
    expect(thread.view.get()).toMatchObject({
      replies: 6,
      userIds: ["ada", "ben"],
      unread: 6,
      hasOlder: true,
    });
    await thread.loadOlder();
    expect(thread.view.get()).toMatchObject({ hasOlder: false, unread: 6 });
    expect(shownIn(thread.view.get())).toHaveLength(7);
    await thread.markRead();
    await thread.follow();
    const pending = say(cy, "mine", root);
    expect(shownIn(thread.view.get()).at(-1)).toBe("mine queued");
    await pending;
    await ada.delete(thread.view.get().items[0]?.key ?? "");
    await say(ada, "one more", root);
    await here.clock.settle();
    expect(shownIn(thread.view.get()).slice(-2)).toEqual(["mine", "one more"]);
    expect(thread.view.get()).toMatchObject({
      replies: 7,
      unread: 1,
      followed: true,
      userIds: ["ada", "ben", "cy"],
    });

    const [desk] = await member(here, "cy");
    const again = openThread(desk, "general", root);
    again.view.subscribe(() => {});
    await here.clock.settle();
    expect(again.view.get()).toMatchObject({ replies: 7, unread: 1, followed: true });
    await again.unfollow();
    await here.clock.settle();
    expect(thread.view.get().followed).toBe(false);
    stop();
  });

  it("[K2] is there after a reload with no network, as it was last; then as the backend says (row F3)", async () => {
    const here = small();
    const storage = memoryStorage();
    const [, ada] = await member(here, "ada");
    const root = await say(ada, "shall we?");
    const replies: string[] = [];
    for (let count = 1; count <= 6; count += 1) replies.push(await say(ada, `reply ${count}`, root));
    for (let count = 0; count < 9; count += 1) await say(ada, `elsewhere ${count}`);
    await here.clock.settle();
    const [first] = await member(here, "cy", { storage });
    openThread(first, "general", root).view.subscribe(() => {});
    await here.clock.advance(1_000);
    await say(ada, "one more", root);
    await here.clock.advance(1_000);
    await first.close();
    await ada.delete(replies[5] ?? "");
    await say(ada, "missed", root);
    await here.clock.advance(1_000);

    const second = here.client("cy", { storage });
    const thread = openThread(second, "general", root);
    thread.view.subscribe(() => {});
    await here.clock.advance(1_000);
    const before = ["reply 4", "reply 5", "reply 6", "one more"];
    expect(shownIn(thread.view.get())).toEqual(["shall we?", ...before]);
    expect(thread.view.get()).toMatchObject({ replies: 7, hasOlder: true, userIds: ["ada"] });
    await second.connect();
    await here.clock.advance(1_000);
    expect(shownIn(thread.view.get())).toEqual(["shall we?", "reply 5", "", "one more", "missed"]);
    expect(thread.view.get()).toMatchObject({ replies: 7, hasOlder: true });
    await second.close();
  });

  it("[K7, K8] goes with its conversation to make room, and only so many are kept of one", async () => {
    const here = small();
    const storage = memoryStorage();
    const [ada, room] = await member(here, "ada", { storage });
    const roots: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      const root = await say(room, `root ${count}`);
      await say(room, `reply ${count}`, root);
      await here.clock.advance(100);
      const stop = openThread(ada, "general", root).view.subscribe(() => {});
      await here.clock.advance(1_000);
      stop();
      roots.push(root);
    }
    const keys = cacheKeys("ada");
    const found = await storage.scan({ prefix: [...keys.timeline("general"), "thread"] });
    expect(new Set(found.map(([key]) => key.at(-1)))).toEqual(new Set(roots.slice(2)));
    await ada.close();
    let isFull = true;
    const full: Storage = {
      ...storage,
      async write(operations) {
        const isRoom = operations.every(({ type }) => type === "delete");
        if (isFull && !isRoom) throw new MessagingError("storage/full");
        isFull = false;
        await storage.write(operations);
      },
    };
    const again = here.client("ada", { storage: full });
    await here.clock.advance(1_000);
    const sending = again.conversation("elsewhere").send("what must not be lost");
    await here.clock.advance(1_000);
    await sending;
    expect(await storage.scan({ prefix: keys.timeline("general") })).toEqual([]);
    await again.close();
  });

  it("[D4] begins anew after a break in which more was said than a page holds, and catches up on less", async () => {
    const here = small();
    const [, ada] = await member(here, "ada");
    const root = await say(ada, "shall we?");
    for (let count = 1; count <= 3; count += 1) await say(ada, `reply ${count}`, root);
    await here.clock.settle();
    const [cys] = await member(here, "cy");
    const thread = openThread(cys, "general", root);
    thread.view.subscribe(() => {});
    await here.clock.settle();
    const comeBackAfter = async (count: number): Promise<readonly string[]> => {
      cys.disconnect();
      for (let index = 0; index < count; index += 1) await say(ada, `missed ${index}`, root);
      await here.clock.settle();
      await cys.connect();
      await here.clock.settle();
      return shownIn(thread.view.get());
    };
    expect(await comeBackAfter(2)).toEqual([
      "shall we?",
      "reply 1",
      "reply 2",
      "reply 3",
      "missed 0",
      "missed 1",
    ]);
    const shown = await comeBackAfter(9);
    expect(shown.slice(-4)).toEqual(["missed 5", "missed 6", "missed 7", "missed 8"]);
    for (let pages = 0; pages < 5 && thread.view.get().hasOlder; pages += 1) await thread.loadOlder();
    expect(shownIn(thread.view.get())).toHaveLength(15);
  });
});

describe("a day", () => {
  it("is brought, and the first message of it named (row C4)", async () => {
    const here = small();
    const [, ada] = await member(here, "ada");
    const days: string[] = [];
    for (let day = 0; day < 5; day += 1) {
      for (let count = 0; count < 6; count += 1) {
        const id = await say(ada, `day ${day}, ${count}`);
        if (count === 0) days.push(id);
      }
      await here.clock.advance(1_000);
    }
    const [, room] = await member(here, "ben");
    const first = [...ada.timeline.get().items].find(({ key }) => key === days[1]);
    const at = first?.type === "message" ? first.message.createdAt : 0;
    expect(await bringDate(room, at)).toBe(days[1]);
    expect(texts(room)).toContain("day 1, 0");
    expect(await bringDate(room, 0)).toBe(days[0]);
    expect(await bringDate(room, here.clock.now() + 1)).toBe([...room.timeline.get().items].at(-1)?.key);
  });
});
