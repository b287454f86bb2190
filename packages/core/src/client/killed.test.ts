import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { Transport } from "../ports/transport.ts";

const never = <T>(): Promise<T> => new Promise(() => {});

/** Counts what a process does to the world outside, and ends it at one of these steps: nothing it does later arrives. */
interface Mortal {
  readonly storage: Storage;
  readonly transport: Transport;
  readonly steps: number;
  readonly isDead: boolean;
}

function mortal(storage: Storage, transport: Transport, lastStep: number): Mortal {
  let steps = 0;
  /** Every step can be the last one before or after it took effect. */
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if ((steps += 1) >= lastStep) return never();
    const result = await work();
    return (steps += 1) >= lastStep ? never() : result;
  };
  const isDead = (): boolean => steps >= lastStep;
  return {
    get steps() {
      return steps;
    },
    get isDead() {
      return isDead();
    },
    storage: {
      ...storage,
      write: (operations) => step(() => storage.write(operations)),
      close: () => step(() => storage.close()),
    },
    transport: {
      ...transport,
      async open(request, signal) {
        if (isDead()) return never();
        const receive: typeof request.receive = (events) => {
          if (!isDead()) request.receive(events);
        };
        const link = await transport.open({ ...request, receive }, signal);
        return {
          ...link,
          submit: (command) => step(() => link.submit(command)),
          query: (query) => step(() => link.query(query)),
        };
      },
    },
  };
}

/** What a process does before it ends; answers what it was told is safe. */
async function live(lastStep: number): Promise<{ readonly steps: number }> {
  const here = world();
  const disk = memoryStorage();
  const process = mortal(disk, here.backend.transport("ada"), lastStep);
  const [, other] = await member(here, "ben");
  const { storage, transport } = process;
  const ada = here.client("ada", { storage, transport, userId: "ada", logger: () => {} });
  const room = ada.conversation("general");
  void ada.connect();
  await here.clock.settle();
  const safe: string[] = [];
  for (let round = 1; round <= 3; round += 1) {
    for (const text of [`a${round}`, `b${round}`])
      room.send(text).then(
        () => safe.push(text),
        () => {},
      );
    await here.clock.settle();
    if (!process.isDead) await other.send(`ben ${round}`);
    await here.clock.advance(300);
  }
  const { steps } = process;

  const again = here.client("ada", { storage: disk, userId: "ada" });
  const kept = again.conversation("general");
  await here.clock.settle();
  const truth = (): string[] => here.backend.messages("general").map(({ content }) => Object(content).text);
  for (const item of kept.timeline.get().items) {
    if (item.type !== "message" || item.message.seq === 0) continue;
    expect(Object(item.message.content).text).toBe(truth()[item.message.seq - 1]); // law 1 of the cache
  }
  for (const text of safe) expect([...texts(kept), ...truth()], `after step ${lastStep}`).toContain(text);
  await again.connect();
  await here.clock.advance(60_000);
  expect(texts(kept), `after step ${lastStep}`).toEqual(truth());
  expect(kept.timeline.get().complete).toBe(true);
  expect(again.outbox.get()).toMatchObject({ waiting: 0, failed: 0 });
  const given = truth().filter((text) => !text.startsWith("ben"));
  const order = ["a1", "b1", "a2", "b2", "a3", "b3"];
  expect(given, `after step ${lastStep}`).toEqual(order.filter((text) => given.includes(text)));
  expect(
    safe.filter((text) => !given.includes(text)),
    `after step ${lastStep}`,
  ).toEqual([]);
  await again.close();
  return { steps };
}

describe("a process that is killed", () => {
  it("[D1, D2, D4, D7, K1] at any step loses nothing it called safe, doubles nothing and shows nothing false", async () => {
    const { steps } = await live(Infinity);
    expect(steps).toBeGreaterThan(40);
    for (let lastStep = 1; lastStep <= steps; lastStep += 1) await live(lastStep);
  }, 60_000);
});
