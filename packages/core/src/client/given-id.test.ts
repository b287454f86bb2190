import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";

const id = "019b796d-d600-7000-8000-000000000001";

describe("a message with an id it was given", () => {
  it("[D2, O21] has it, and is sent once however often it is given", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, bens] = await member(here, "ben");
    const both = await Promise.all([room.send("one", { id }), room.send("another", { id })]);
    await Promise.all(both.map((sent) => sent.settled()));
    const later = await room.send("a third", { id });
    expect([both[0]?.id, both[1]?.id, later.id, later.status]).toEqual([id, id, id, "sent"]);
    expect(await later.settled()).toMatchObject({ commandId: id });
    await here.clock.settle();
    expect([texts(room), texts(bens), ada.outbox.get().entries]).toEqual([["one"], ["one"], []]);
  });

  it("[D2, O21] is sent once by a client that was killed before it could remember, and says it again in other words", async () => {
    const here = world();
    const [first, room] = await member(here, "ada");
    here.backend.faults.dropAcks(1);
    await room.send("first words", { id });
    await here.clock.settle();
    await first.close();
    const again = here.client("ada");
    const sending = again.conversation("general").send("other words", { id }); // nothing is loaded yet
    void again.connect();
    await here.clock.settle();
    await (await sending).settled();
    expect(texts(again.conversation("general"))).toEqual(["first words"]);
  });

  it("[D2, O21] is the one on storage when a successor gives it again before that was read", async () => {
    const here = world();
    const kept = memoryStorage();
    const storage: Storage = { ...kept, close: async () => {} };
    const before = here.client("ada", { storage, userId: "ada" });
    await before.conversation("general").send("kept", { id });
    await before.close();
    const after = here.client("ada", { storage, userId: "ada" });
    const sent = await after.conversation("general").send("again", { id });
    expect(after.outbox.get().entries.length).toBe(1);
    await after.connect();
    await sent.settled();
    await here.clock.settle();
    expect(texts(after.conversation("general")).length).toBe(1);
  });

  it("tells of its failure again, and goes out when tried again", async () => {
    const here = world();
    const [, room] = await member(here, "ada");
    here.backend.faults.refuseNext("draft/refused");
    await expect((await room.send("one", { id })).settled()).rejects.toMatchObject({ code: "draft/refused" });
    const again = await room.send("one", { id });
    expect(again.status).toBe("failed");
    await expect(again.settled()).rejects.toMatchObject({ code: "draft/refused" });
  });

  it("[O21] is refused where something else has the id, or it is none", async () => {
    const here = world();
    const [ada, room] = await member(here, "ada");
    const [, bens] = await member(here, "ben");
    await (await bens.send("mine", { id })).settled();
    await here.clock.settle();
    await expect(room.send("stolen", { id })).rejects.toMatchObject({ code: "command/id-taken" });
    ada.disconnect();
    const own = await room.send("waits");
    const elsewhere = ada.conversation("elsewhere").send("waits, too", { id: own.id });
    await expect(elsewhere).rejects.toMatchObject({ code: "command/id-taken" });
    const reaction = await room.react(id, "👍");
    await expect(room.send("x", { id: reaction.id })).rejects.toMatchObject({ code: "command/id-taken" });
    for (const wrong of ["", "1", id.toUpperCase(), id.replace("-7", "-4")])
      await expect(room.send("x", { id: wrong })).rejects.toMatchObject({ code: "draft/invalid" });
  });
});
