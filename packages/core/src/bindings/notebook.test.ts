import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import type { Client } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { type Notebook, openNotebook } from "./notebook.ts";
import type { JsonCustom } from "../compose/custom.ts";

/** Two devices of Ada, and Ben. */
async function devices(here: World): Promise<readonly [phone: Client, desk: Client, ben: Client]> {
  const [phone] = await member(here, "ada");
  const [desk] = await member(here, "ada");
  const [ben] = await member(here, "ben");
  for (const client of [phone, desk, ben]) openNotebook(client);
  await here.clock.settle();
  return [phone, desk, ben];
}

/** What stands out in somebody's list. */
function shown({ conversations }: Notebook<JsonCustom>): readonly string[] {
  return conversations
    .get()
    .map(({ conversationId, pinned, archived, muted, draft }) =>
      [conversationId, pinned && "pinned", archived && "archived", muted && "muted", draft]
        .filter(Boolean)
        .join(" "),
    );
}

const begin = async (client: Client, conversationId: string): Promise<void> =>
  void (await client.createConversation({ conversationId, kind: "group" }));

describe("a notebook", () => {
  it("pins, archives and mutes conversations for oneself, on all devices, and nobody else hears of it (row E2)", async () => {
    const here = world();
    const [phone, desk, ben] = await devices(here);
    await here.clock.advance(5);
    await begin(phone, "plans");
    await here.clock.settle();
    const heard: unknown[] = [];
    ben.on("change", (change) => heard.push(change));
    const notes = openNotebook(phone);
    await (await notes.pin("general")).settled();
    await (await notes.archive("plans")).settled();
    await (await notes.mute("general")).settled();
    await here.clock.settle();
    for (const client of [phone, desk]) {
      expect(shown(openNotebook(client))).toEqual(["general pinned muted", "plans archived"]);
      expect(client.conversations.get().map(({ conversationId }) => conversationId)).toEqual([
        "plans",
        "general",
      ]);
    }
    expect(shown(openNotebook(ben))).toEqual(["general"]);
    expect(heard).toEqual([]);
    await notes.unpin("general");
    await notes.unarchive("plans");
    await notes.unmute("general");
    await here.clock.settle();
    expect(shown(openNotebook(desk))).toEqual(["plans", "general"]);
  });

  it("keeps rules for notifications, on all devices and offline, as they were set last (row E4)", async () => {
    const here = world();
    const [phone, desk] = await devices(here);
    const told: unknown[] = [];
    openNotebook(desk).rules.subscribe((rules) => told.push(rules));
    expect(openNotebook(phone).rules.get()).toEqual({});
    phone.disconnect();
    const quiet = { timeZone: "Europe/Berlin", from: 1_320, to: 420 };
    await openNotebook(phone).setRules({ level: "none" });
    await openNotebook(phone).setRules({ level: "mentions", quiet });
    expect(openNotebook(phone).rules.get()).toEqual({ level: "mentions", quiet });
    await openNotebook(desk).setRules({ sound: false });
    await here.clock.settle();
    await phone.connect();
    await here.clock.settle();
    for (const client of [phone, desk])
      expect(openNotebook(client).rules.get()).toEqual({ level: "mentions", quiet });
    expect(told.at(-1)).toEqual({ level: "mentions", quiet });
  });

  it("ends a mute by the clock", async () => {
    const here = world();
    const [phone] = await devices(here);
    const notes = openNotebook(phone);
    await notes.mute("general", here.clock.now() + 90_000);
    const told: (readonly string[])[] = [];
    notes.conversations.subscribe(() => told.push(shown(notes)));
    expect(shown(notes)).toEqual(["general muted"]);
    await here.clock.advance(89_000);
    expect(shown(notes)).toEqual(["general muted"]);
    await here.clock.advance(2_000);
    expect(told.at(-1)).toEqual(["general"]);
  });

  it("[D1] works offline, over a restart, and merges with what another device has noted meanwhile (row E4)", async () => {
    const here = world();
    const storage = memoryStorage();
    const [phone] = await member(here, "ada", { storage });
    const [desk] = await member(here, "ada");
    await openNotebook(phone).pin("general");
    await here.clock.settle();
    await here.clock.advance(1_000);
    await phone.close();

    here.backend.faults.offline(true);
    const again = here.client("ada", { storage });
    await here.clock.settle();
    const notes = openNotebook(again);
    await here.clock.settle();
    expect(shown(notes)).toEqual(["general pinned"]);
    await notes.mute("general");
    await notes.unpin("general");
    expect(shown(notes)).toEqual(["general muted"]);
    void again.connect();
    await again.close();

    here.backend.faults.offline(false);
    await here.clock.advance(60_000);
    await openNotebook(desk).archive("general");
    const third = here.client("ada", { storage });
    openNotebook(third);
    await third.connect();
    await here.clock.advance(60_000);
    for (const client of [third, desk])
      expect(shown(openNotebook(client))).toEqual(["general archived muted"]);
    expect(third.outbox.get().entries).toEqual([]);
  });

  it("keeps bookmarks, the newest first, and hides messages from oneself alone (row F5)", async () => {
    const here = world();
    const [phone, desk, ben] = await devices(here);
    const room = ben.conversation("general");
    const [one, two] = [await room.send("one"), await room.send("two")];
    await here.clock.settle();
    await openNotebook(phone).bookmark("general", one.id);
    await here.clock.advance(5);
    await openNotebook(phone).bookmark("general", two.id);
    await openNotebook(phone).hide("general", one.id);
    await here.clock.settle();
    const { bookmarks, hidden, unbookmark, unhide } = openNotebook(desk);
    expect(bookmarks.get().map(({ messageId }) => messageId)).toEqual([two.id, one.id]);
    expect([...hidden.get()]).toEqual([one.id]);
    expect([...openNotebook(ben).hidden.get()]).toEqual([]);
    const before = bookmarks.get();
    await unbookmark("general", two.id);
    await unhide("general", one.id);
    await here.clock.settle();
    expect(openNotebook(phone).bookmarks.get()).toEqual(before.slice(1));
    expect(bookmarks.get()[0]).toBe(before[1]);
    expect(hidden.get().size).toBe(0);
  });

  it("[D6] refuses at once what the backend does not keep", async () => {
    const here = world();
    const { notes: _notes, ...limits } = defaultPolicy.limits;
    here.backend.setPolicy({ ...defaultPolicy, limits });
    const [phone] = await member(here, "ada");
    await expect(openNotebook(phone).pin("general")).rejects.toMatchObject({ code: "command/unsupported" });
    expect(shown(openNotebook(phone))).toEqual(["general"]);
    const nobody = here.client("ada");
    await expect(openNotebook(nobody).pin("general")).rejects.toMatchObject({ code: "auth/required" });
  });

  it("[D4] finds out by itself what it was not told on a link that lives", async () => {
    const here = world();
    const [phone, desk] = await devices(here);
    await (await openNotebook(phone).pin("general")).settled();
    await here.clock.settle();
    here.backend.faults.dropPushes(1);
    await openNotebook(phone).mute("general");
    await here.clock.settle();
    expect(shown(openNotebook(desk))).toEqual(["general pinned"]);
    await here.clock.advance(60_000);
    expect(shown(openNotebook(desk))).toEqual(["general pinned muted"]);
  });

  it("says nothing of a notebook that has not begun, and shows it when another device begins it", async () => {
    const here = world();
    const errors: unknown[] = [];
    const [desk] = await member(here, "ada");
    desk.on("error", (error) => errors.push(error.code));
    openNotebook(desk);
    await here.clock.advance(60_000);
    expect(errors).toEqual([]);
    const [phone] = await member(here, "ada");
    await openNotebook(phone).pin("general");
    await here.clock.settle();
    expect(shown(openNotebook(desk))).toEqual(["general pinned"]);
  });
});

describe("a notebook that two devices begin", () => {
  it("[D4] shows on both what both have noted alike, though the second has changed nothing (row E4)", async () => {
    const here = world();
    const [phone] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    openNotebook(phone);
    phone.disconnect();
    await openNotebook(phone).pin("general");
    await openNotebook(desk).pin("general");
    await here.clock.settle();
    await openNotebook(desk).mute("general");
    await phone.connect();
    await here.clock.settle();
    for (const client of [phone, desk]) expect(shown(openNotebook(client))).toEqual(["general pinned muted"]);
  });
});

describe("shared drafts", () => {
  it("appear on the person's other devices, and are gone there once they are sent (row E4)", async () => {
    const here = world();
    const [phone, desk, ben] = await devices(here);
    const room = phone.conversation("general");
    room.draft.set("I th");
    room.draft.set("I think");
    await here.clock.advance(3_000);
    expect(desk.conversation("general").draft.get()).toBe("I think");
    expect(ben.conversation("general").draft.get()).toBe("");
    expect(shown(openNotebook(desk))).toEqual(["general I think"]);
    room.draft.set("");
    await here.clock.advance(3_000);
    expect(desk.conversation("general").draft.get()).toBe("");
    expect(shown(openNotebook(desk))).toEqual(["general"]);
  });

  it("[D9] are tried again in a while where storage is full, however many there are, and kept here meanwhile", async () => {
    const here = world();
    let isFull = false;
    let refused = 0;
    const { write: keep, ...rest } = memoryStorage();
    const storage: Storage = {
      ...rest,
      write(operations) {
        if (!isFull || operations.every(({ type }) => type === "delete")) return keep(operations);
        refused += 1;
        return Promise.reject(new MessagingError("storage/full"));
      },
    };
    const [phone] = await member(here, "ada", { storage });
    const [desk] = await member(here, "ada");
    for (const client of [phone, desk]) openNotebook(client);
    const rooms = ["general", "plans"] as const;
    await begin(phone, "plans");
    await here.clock.settle();
    const write = (text: string): void => rooms.forEach((id) => phone.conversation(id).draft.set(text));
    write("so");
    await here.clock.advance(5_000);
    isFull = true;
    write("so far");
    await here.clock.advance(25_000);
    expect(refused).toBeLessThan(20);
    isFull = false;
    await here.clock.advance(35_000);
    expect(rooms.map((id) => desk.conversation(id).draft.get())).toEqual(["so far", "so far"]);
  });

  it("[D9] leave at most every two seconds, one at a time, the newest text", async () => {
    const here = world();
    const [phone] = await devices(here);
    const room = phone.conversation("general");
    const sent: unknown[] = [];
    phone.on("change", ({ record }) => record.type === "note" && sent.push(record.value?.text));
    for (let letter = 1; letter <= 50; letter += 1) {
      room.draft.set("x".repeat(letter));
      await here.clock.advance(100);
    }
    expect(sent).toEqual(["x".repeat(20), "x".repeat(40)]);
    here.backend.faults.offline(true);
    for (let letter = 1; letter <= 100; letter += 1) {
      room.draft.set("y".repeat(letter));
      await here.clock.advance(100);
    }
    expect(phone.outbox.get().entries.length).toBeLessThanOrEqual(1);
    here.backend.faults.offline(false);
    await here.clock.advance(60_000);
    expect(sent.at(-1)).toBe("y".repeat(100));
    expect(phone.outbox.get().entries).toEqual([]);
  });

  it("never take the place of what is being written; the last one counts once both are quiet", async () => {
    const here = world();
    const [phone, desk] = await devices(here);
    const [one, other] = [phone.conversation("general").draft, desk.conversation("general").draft];
    one.set("from the phone");
    await here.clock.advance(1_000);
    other.set("from the desk");
    await here.clock.advance(1_500);
    expect(other.get()).toBe("from the desk");
    expect(one.get()).toBe("from the phone");
    await here.clock.advance(10_000);
    expect([one.get(), other.get()]).toEqual(["from the desk", "from the desk"]);
  });

  it("keep what was written here before a restart, unless another device has gone on since", async () => {
    const here = world();
    const storage = memoryStorage();
    const [phone] = await member(here, "ada", { storage });
    openNotebook(phone);
    await here.clock.settle();
    phone.conversation("general").draft.set("first");
    await here.clock.advance(5_000);
    phone.conversation("general").draft.set("first, and more");
    await here.clock.advance(400);
    await phone.close();

    const second = here.client("ada", { storage });
    openNotebook(second);
    await second.connect();
    await here.clock.advance(10_000);
    expect(second.conversation("general").draft.get()).toBe("first, and more");
    await here.clock.advance(10_000);
    await second.close();

    const [desk] = await member(here, "ada");
    openNotebook(desk);
    await here.clock.settle();
    expect(desk.conversation("general").draft.get()).toBe("first, and more");
    desk.conversation("general").draft.set("from the desk");
    await here.clock.advance(10_000);
    const third = here.client("ada", { storage });
    openNotebook(third);
    await here.clock.settle();
    expect(third.conversation("general").draft.get()).toBe("first, and more");
    await third.connect();
    await here.clock.advance(10_000);
    expect(third.conversation("general").draft.get()).toBe("from the desk");
  });
});
