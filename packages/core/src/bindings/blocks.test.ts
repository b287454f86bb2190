import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { openBlocks } from "./blocks.ts";
import { createSearch } from "./search/create-search.ts";

describe("blocks", () => {
  it("made offline show at once, and on all devices once there is a link (row D10)", async () => {
    const here = world();
    const [phone] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    const blocks = openBlocks(phone);
    const shown = (): readonly (readonly string[])[] =>
      [phone, desk].map((client) => [...openBlocks(client).userIds.get()]);
    expect(openBlocks(phone)).toBe(blocks);
    await here.clock.settle();
    phone.disconnect();
    const sent = await blocks.block("eve");
    expect(shown()).toEqual([["eve"], []]);
    await phone.connect();
    await sent.settled();
    await here.clock.settle();
    expect(shown()).toEqual([["eve"], ["eve"]]);
    await here.clock.advance(5);
    await openBlocks(desk).unblock("eve");
    await here.clock.settle();
    expect(shown()).toEqual([[], []]);
  });

  it("let neither begin or write in a direct conversation, and are told to nobody", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const [eve] = await member(here, "eve");
    const room = await ada.createConversation({ kind: "direct", participants: [{ userId: "eve" }] });
    await here.clock.settle();
    await (await openBlocks(ada).block("eve")).settled();
    await here.clock.settle();
    const refused = { code: "participant/unreachable" };
    const [mine, theirs] = [await room.send("hello"), await eve.conversation(room.id).send("hello")];
    const outcomes = Promise.allSettled([mine.settled(), theirs.settled()]);
    await here.clock.settle();
    expect(await outcomes).toMatchObject([{ reason: refused }, { reason: refused }]);
    const [one, other] = await Promise.allSettled([mine.settled(), theirs.settled()]);
    const words = [one, other].map((each) => (each.status === "rejected" ? String(each.reason) : ""));
    expect(words[0]).toBe(words[1]);
    // What was written stays, with the reason.
    expect(room.timeline.get().items.at(-1)).toMatchObject({ status: "failed", error: refused });
    await (await openBlocks(ada).unblock("eve")).settled();
    eve.outbox.retry(theirs.id);
    await here.clock.settle();
    expect(eve.conversation(room.id).timeline.get().items.at(-1)).toMatchObject({ status: "sent" });
  });

  it("let neither change what both have, nor bring the other in; what one said one may take back (row D10)", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const [eve] = await member(here, "eve");
    const { id } = await ada.createConversation({ kind: "direct", participants: [{ userId: "eve" }] });
    const club = await eve.createConversation({ kind: "group" });
    await here.clock.settle();
    const room = eve.conversation(id);
    const said = await room.send("hello");
    await (await openBlocks(ada).block("eve")).settled();
    await here.clock.settle();
    const given = [
      await room.update({ description: "you cannot get rid of me" }),
      await room.setStatus("deleted"),
      await room.pin(said.id),
      await club.members.add("ada"),
      await room.delete(said.id),
      await club.members.add("bob"),
    ];
    const outcomes = Promise.allSettled(given.map((each) => each.settled()));
    await here.clock.settle();
    const apart = { reason: { code: "participant/unreachable" } };
    const done = { status: "fulfilled" };
    expect(await outcomes).toMatchObject([apart, apart, apart, apart, done, done]);
  });

  it("leave out of what is found what those said who are blocked, and show it again", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [eve] = await member(here, "eve");
    await (await eve.conversation("general").send("green tea")).settled();
    await (await room.send("green apples")).settled();
    await here.clock.settle();
    const search = createSearch(ada, { clock: here.clock });
    search.subscribe(() => {});
    const found = async (): Promise<number> => {
      search.find({ text: "green" });
      await here.clock.advance(1_000);
      return search.get().items.length;
    };
    expect(await found()).toBe(2);
    await (await openBlocks(ada).block("eve")).settled();
    expect(await found()).toBe(1);
    await (await openBlocks(ada).unblock("eve")).settled();
    expect(await found()).toBe(2);
  });

  it("keep from each other how far they have read, from nobody else, and not what comes after (row D10)", async () => {
    const here = world();
    const [ada, adasRoom] = await member(here, "ada");
    const [, bobsRoom] = await member(here, "bob");
    const [eve, evesRoom] = await member(here, "eve");
    const [, adasOtherRoom] = await member(here, "ada");
    const rooms = [adasRoom, adasOtherRoom, bobsRoom, evesRoom];
    const readBy = async (text: string): Promise<unknown> => {
      await (await bobsRoom.send(text)).settled();
      await here.clock.settle();
      for (const room of [adasRoom, evesRoom]) room.markRead();
      await here.clock.advance(10_000);
      const { seq } = bobsRoom.timeline.get().head;
      return rooms.map((room) =>
        room.receipts
          .get()
          .flatMap(({ userId, readSeq }) => (userId !== "bob" && readSeq === seq ? [userId] : []))
          .sort(),
      );
    };
    const both = ["ada", "eve"];
    await (await openBlocks(ada).block("eve")).settled();
    expect(await readBy("one")).toEqual([["ada"], ["ada"], both, ["eve"]]);
    await eve.connect();
    eve.disconnect();
    await eve.connect();
    await here.clock.settle();
    expect(evesRoom.receipts.get().map(({ userId }) => userId)).not.toContain("ada");
    await (await openBlocks(ada).unblock("eve")).settled();
    expect(await readBy("two")).toEqual([both, both, both, both]);
  });

  it("hide from each other who types and who is there, and from nobody else", async () => {
    const here = world();
    const [ada, adasRoom] = await member(here, "ada");
    const [bob, bobsRoom] = await member(here, "bob");
    const [eve, evesRoom] = await member(here, "eve");
    await (await openBlocks(ada).block("eve")).settled();
    const ends = [adasRoom, bobsRoom].map((room) => room.typing.subscribe(() => {}));
    await here.clock.advance(1_000);
    eve.setPresence("away");
    evesRoom.typing.notify();
    await here.clock.settle();
    expect([adasRoom, bobsRoom].map((room) => room.typing.get())).toEqual([[], ["eve"]]);
    expect([ada, bob].map((client) => client.presence.get().get("eve"))).not.toEqual(["away", "away"]);
    expect(bob.presence.get().get("eve")).toBe("away");
    for (const end of ends) end();
  });
});
