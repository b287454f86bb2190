import { describe, expect, it } from "vitest";
import { texts } from "../../test/client/world.ts";
import { desk, said } from "../../test/tabs/desk.ts";

describe("the tabs of an app", () => {
  it("have one link, and each sees at once what another says", async () => {
    const here = desk();
    const seats = [await here.seat(), await here.seat(), await here.seat()];
    expect(here.backend.links).toBe(1);
    for (const [index, { room }] of seats.entries()) await room.send(`from ${index}`);
    await here.pass();
    for (const { room, client } of seats) {
      expect(client.connection.get().name).toBe("online");
      expect(texts(room)).toEqual(["from 0", "from 1", "from 2"]);
    }
    expect(await said(here)).toEqual(["from 0", "from 1", "from 2"]);
  });

  it("[D1, D2] go on when the one that leads is killed, and send what it had not", async () => {
    const here = desk();
    const [first, second, third] = [await here.seat(), await here.seat(), await here.seat()];
    here.backend.faults.hold();
    for (const text of ["one", "two", "three"]) await first.room.send(text);
    first.kill();
    here.backend.faults.release();
    here.backend.faults.cut({ userId: "ada" });
    await here.pass(5_000);
    await second.room.send("four");
    await here.pass(1_000);
    expect(here.backend.links).toBe(1);
    expect(await said(here)).toEqual(["one", "two", "three", "four"]);
    for (const { room, client } of [second, third]) {
      expect(texts(room)).toEqual(["one", "two", "three", "four"]);
      expect(client.outbox.get().entries).toEqual([]);
    }
  });

  it("[D1, D2] send what one that followed had not, when that is killed", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    here.backend.faults.offline(true);
    await here.pass(1_000);
    await second.room.send("left behind");
    second.kill();
    await here.pass();
    expect(texts(first.room)).toEqual(["left behind"]);
    here.backend.faults.offline(false);
    await here.pass(60_000);
    expect(await said(here)).toEqual(["left behind"]);
  });

  it("leave alone what waits in another that lives", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    here.backend.faults.offline(true);
    await here.pass(1_000);
    const sent = await second.room.send("to be called off");
    const third = await here.seat();
    third.kill(); // so that the first looks for what is left
    await here.pass();
    for (const { client } of [first, third]) expect(client.outbox.get().entries).toEqual([]);
    expect(second.client.outbox.cancel(sent.id)).toBe(true);
    here.backend.faults.offline(false);
    await here.pass(60_000);
    expect(await said(here)).toEqual([]);
  });

  it("take the link from one that hangs, which follows when it wakes", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    first.tab.hang();
    await here.pass(120_000);
    await second.room.send("who hangs is passed over");
    await here.pass(60_000);
    expect(await said(here)).toEqual(["who hangs is passed over"]);
    first.tab.wake();
    await here.pass(60_000);
    expect(texts(first.room)).toEqual(["who hangs is passed over"]);
    expect(first.client.connection.get().name).toBe("online");
    expect(here.backend.links).toBe(1);
  });

  it("keep one link where the one that led hung while it was connecting", async () => {
    const here = desk();
    here.backend.faults.hold();
    const first = await here.seat();
    first.tab.hang();
    const second = await here.seat();
    await here.pass(4_000); // taken over
    first.tab.wake();
    await here.pass();
    here.backend.faults.release();
    await here.pass(5_000);
    expect(here.backend.links).toBe(1);
    for (const { client } of [first, second]) expect(client.connection.get().name).toBe("online");
  });

  it("keep each one's order, whatever is refused for now on the link they share", async () => {
    const here = desk();
    const seats = [await here.seat(), await here.seat()];
    for (let round = 0; round < 6; round += 1) {
      here.backend.faults.refuseNext("server/unavailable", { retryAfterMs: 100 });
      for (const [index, { room }] of seats.entries()) await room.send(`${index} ${round}`);
      await here.pass(round * 20);
    }
    await here.pass(60_000);
    const all = await said(here);
    expect(all).toHaveLength(12);
    for (const index of [0, 1]) {
      expect(all.filter((text) => text.startsWith(`${index}`))).toEqual(
        [0, 1, 2, 3, 4, 5].map((round) => `${index} ${round}`),
      );
    }
  });

  it("tell the backend the sum of what they look at", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    const stop = [first, second].map(({ room }) => room.typing.subscribe(() => {}));
    const bob = here.client("bob");
    await bob.connect();
    await here.pass();
    bob.conversation("general").typing.notify();
    await here.pass();
    expect(first.room.typing.get()).toEqual(["bob"]);
    expect(second.room.typing.get()).toEqual(["bob"]);
    stop[0]?.();
    await here.pass(7_000);
    bob.conversation("general").typing.notify();
    await here.pass();
    expect(second.room.typing.get()).toEqual(["bob"]);
  });

  it("[D9] hang up for one that was killed, so that the link ends with the last that wants it", async () => {
    const here = desk();
    const [first, second] = [await here.seat(), await here.seat()];
    second.kill();
    await here.pass();
    first.client.disconnect();
    await here.pass();
    expect(here.backend.links).toBe(0);
  });

  it("have a link each where the platform denies them locks", async () => {
    const here = desk();
    const denied = async (): Promise<never> => Promise.reject(new DOMException("denied", "SecurityError"));
    const seats = [await here.seat(denied), await here.seat(denied)];
    for (const { room } of seats) await room.send("alone");
    await here.pass(10_000);
    for (const { client } of seats) expect(client.connection.get().name).toBe("online");
    expect(await said(here)).toEqual(["alone", "alone"]);
    for (const { client } of seats) await client.close();
    await here.pass();
    expect(here.backend.links).toBe(0);
  });

  it("[D9] leave nothing behind when they are closed", async () => {
    const here = desk();
    const seats = [await here.seat(), await here.seat()];
    for (const { client } of seats) await client.close();
    await here.pass();
    expect(here.backend.links).toBe(0);
    expect(here.platform.held("tidings")).toBe(0);
    expect(here.clock.timers).toBe(0);
  });
});
