import "fake-indexeddb/auto";
import { type Client, createClient } from "@tidings/core";
import { createMemoryBackend, type MemoryBackend } from "@tidings/core/memory";
import { seededRandom, type VirtualClock, virtualClock } from "@tidings/core/testing";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { describe, expect, it } from "vitest";

interface World {
  readonly backend: MemoryBackend;
  readonly clock: VirtualClock;
  /** A page that is loaded: each has objects of its own, the database is the same. */
  readonly load: () => Client;
  readonly delivered: () => readonly unknown[];
}

/** Time stands still, so that nothing here is a retry of the page before. */
function world(name: string): World {
  const clock = virtualClock(1_000_000);
  const backend = createMemoryBackend({ clock, random: seededRandom(1) });
  let pages = 0;
  return {
    backend,
    clock,
    load: () =>
      createClient({
        transport: backend.transport("ada"),
        storage: indexedDbStorage({ name }),
        clock,
        random: seededRandom((pages += 1)),
      }),
    delivered: () => backend.messages("general").map(({ content }) => Object(content).text),
  };
}

async function emptied({ outbox }: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (outbox.get().waiting > 0) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = outbox.subscribe(look);
    look();
  });
}

describe("a client over IndexedDB", () => {
  it("[D1] delivers once what was written offline before the page was lost", async () => {
    const { load, delivered } = world("offline");
    const lost = load().conversation("general");
    await lost.send("one");
    await lost.send("two");
    expect(delivered()).toEqual([]);

    const next = load();
    await next.connect();
    await emptied(next);
    expect(delivered()).toEqual(["one", "two"]);
    await next.close();

    const third = load();
    await third.connect();
    expect(third.outbox.get().entries).toEqual([]);
    expect(delivered()).toEqual(["one", "two"]);
    await third.close();
  });

  it("[D2] delivers once what the backend had taken when the page was lost before the ack", async () => {
    const { backend, load, delivered } = world("unanswered");
    const lost = load();
    await lost.connect();
    backend.faults.dropAcks(1);
    backend.faults.dropPushes(1);
    await lost.conversation("general").send("one");
    expect(delivered()).toEqual(["one"]);
    expect(lost.outbox.get().waiting).toBe(1);
    backend.faults.dropPushes(0);

    const next = load();
    await next.connect();
    await emptied(next);
    expect(delivered()).toEqual(["one"]);
    await next.close();
  });
});

/** Lets IndexedDB, which goes by the real event loop, and the client, which goes by a virtual clock, come to rest. */
async function rest(clock: VirtualClock, turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await clock.advance(10);
  }
}

const textsOf = (client: Client): string[] =>
  [...client.conversation("general").timeline.get().items].map((item) =>
    item.type === "message" ? Object(item.message.content).text : "hole",
  );

describe("the cache over IndexedDB", () => {
  it("[D1, K2] paints before there is any network, drafts included", async () => {
    const { backend, clock, load } = world("cold");
    const first = load();
    await first.connect();
    const room = first.conversation("general");
    for (const text of ["one", "two"]) await room.send(text);
    room.draft.set("three, perh");
    await rest(clock);
    backend.faults.offline(true);
    const second = load(); // the first was never closed, as when a tab crashes
    second.conversation("general");
    await rest(clock);
    expect(textsOf(second)).toEqual(["one", "two"]);
    expect(second.conversations.get()).toMatchObject([{ record: { name: "General" } }]);
    expect(second.conversation("general").draft.get()).toBe("three, perh");
    await second.close();
  });

  it("[D1, D2, K1] loses and doubles nothing, whenever the page is lost", async () => {
    for (let lostAfter = 0; lostAfter < 25; lostAfter += 1) {
      const { clock, load, delivered } = world(`lost-${lostAfter}`);
      const lost = load();
      void lost.connect();
      const safe: string[] = [];
      for (const text of ["one", "two", "three"])
        lost.conversation("general").send(text).then(() => safe.push(text), () => {}); // prettier-ignore
      await rest(clock, lostAfter);
      lost.disconnect();
      const saved = [...safe]; // nothing the lost page does later can be told to anybody

      const next = load();
      next.conversation("general");
      await next.connect();
      await rest(clock);
      await emptied(next);
      const there = delivered();
      expect(there).toEqual(["one", "two", "three"].filter((text) => there.includes(text)));
      for (const text of saved) expect(there, `lost after ${lostAfter}`).toContain(text);
      expect(textsOf(next)).toEqual(there);
      await Promise.all([lost.close(), next.close()]);
    }
  }, 30_000);
});
