import "fake-indexeddb/auto";
import { type Client, createClient } from "@tidings/core";
import { createMemoryBackend, type MemoryBackend } from "@tidings/core/memory";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { describe, expect, it } from "vitest";

interface World {
  readonly backend: MemoryBackend;
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
