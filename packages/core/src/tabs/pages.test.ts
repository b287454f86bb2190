import { describe, expect, it } from "vitest";
import { texts } from "../../test/client/world.ts";
import { desk, said } from "../../test/tabs/desk.ts";

describe("tabs whose page goes into the back/forward cache", () => {
  it("[D1, D2] take over from a page that is gone back from, which is one of them again when it returns", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    here.backend.faults.hold();
    await first.room.send("on its way");
    await here.pass();
    first.tab.goAway();
    await here.pass();
    expect(here.platform.held("alive")).toBe(1); // what holds a lock is thrown out of the cache
    here.backend.faults.release();
    await here.pass(5_000);
    expect(await said(here)).toEqual(["on its way"]);
    await second.room.send("meanwhile");
    await here.pass();
    for (const round of [1, 2]) {
      first.tab.goBack();
      await here.pass(60_000);
      expect(here.backend.links).toBe(1);
      expect(first.client.connection.get().name).toBe("online");
      expect(texts(first.room)).toEqual(await said(here));
      await first.room.send(`back, ${round}`);
      await here.pass();
      expect(texts(second.room).at(-1)).toBe(`back, ${round}`);
      expect([first, second].flatMap(({ client }) => client.outbox.get().entries)).toEqual([]);
      first.tab.goAway();
      await here.pass(10_000);
    }
    first.tab.goBack();
    await here.pass();
    here.backend.faults.offline(true);
    await first.room.send("left behind");
    first.kill();
    await here.pass();
    here.backend.faults.offline(false);
    await here.pass(60_000);
    expect((await said(here)).at(-1)).toBe("left behind");
  });

  it("give up what another has taken over and called off, and keep what nobody has", async () => {
    const here = desk();
    const first = await here.seat();
    here.backend.faults.offline(true);
    await here.pass(1_000);
    const { id } = await first.room.send("to be called off");
    first.tab.goAway();
    await here.pass(10);
    const second = await here.seat();
    expect(texts(second.room)).toEqual(["to be called off"]);
    expect(second.client.outbox.cancel(id)).toBe(true);
    const sent = await second.room.send("kept");
    await here.pass();
    second.tab.goAway();
    first.tab.goBack();
    await here.pass(10);
    expect(texts(first.room)).toEqual(["kept"]);
    second.tab.goBack();
    await here.pass(10);
    expect(second.client.outbox.get().entries).toEqual([]);
    await expect(sent.settled()).rejects.toMatchObject({ code: "client/closed" });
    here.backend.faults.offline(false);
    await here.pass(60_000);
    expect(await said(here)).toEqual(["kept"]);
  });

  it("[D1] leave nothing behind that was still being written when the page went", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    const release = here.holdDisk();
    void first.room.send("written late");
    await here.pass();
    first.tab.goAway();
    await here.pass();
    expect(texts(second.room)).toEqual([]);
    first.tab.wake(); // so far it gets, before it stands still
    release();
    await here.pass(10_000);
    expect(await said(here)).toEqual(["written late"]);
    expect(here.backend.links).toBe(1);
  });
});
