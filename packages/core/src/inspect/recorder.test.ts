import { describe, expect, it } from "vitest";
import { createMemoryBackend } from "../memory/backend.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { createFaults } from "./faults.ts";
import { createInspectedClient, type InspectedClient, type InspectOptions } from "./inspected-client.ts";
import { parseRecording } from "./parse-recording.ts";
import type { RecordedEntry } from "./recording.ts";
import { createRing } from "./ring.ts";

interface Bench {
  readonly client: InspectedClient;
  readonly clock: VirtualClock;
  readonly backend: ReturnType<typeof createMemoryBackend>;
}

function bench(inspect: InspectOptions = {}): Bench {
  const [clock, random] = [virtualClock(1_790_000_000_000), seededRandom(5)];
  const backend = createMemoryBackend({ clock, random });
  const transport = backend.transport("ada");
  const client = createInspectedClient(
    { transport, clock, random, userId: "ada", logger: () => {} },
    inspect,
  );
  return { client, clock, backend };
}

const typesOf = (entries: readonly RecordedEntry[]): readonly string[] => entries.map(({ type }) => type);

describe("a recorder", () => {
  it("[D5] has on tape what a client is asked, asks, hears, and how its machines move", async () => {
    const { client, clock } = bench();
    void client.connect();
    const sent = await client.conversation("general").send("hello");
    await clock.advance(1_000);
    const entries = client.recorder.entries();
    const moves = entries.flatMap((entry) => (entry.type === "delivery" ? entry.status : []));
    expect(moves).toEqual(["queued", "sending", "sent"]);
    expect(entries.flatMap((entry) => (entry.type === "connection" ? entry.name : []))).toEqual([
      "connecting",
      "online",
    ]);
    const asked = entries.find((entry) => entry.type === "ask" && entry.call === "submit");
    expect(asked).toMatchObject({ port: "link", link: 1, key: `${sent.id} message.send general` });
    expect(typesOf(entries)).toEqual(expect.arrayContaining(["call", "command", "answer", "heard"]));
    await client.close();
  });

  it("follows a message until somebody has read it", async () => {
    const { client, clock, backend } = bench();
    void client.connect();
    const { id } = await client.conversation("general").send("hello");
    await clock.advance(1_000);
    const at = clock.now();
    const mark = { type: "receipt.mark", conversationId: "general", at, readSeq: 1 } as const;
    backend.act("ben", {
      type: "participant.join",
      commandId: "01900000-0000-7000-8000-000000000001",
      conversationId: "general",
      at,
    });
    backend.act("ben", { ...mark, commandId: "01900000-0000-7000-8000-000000000002" });
    await clock.advance(1_000);
    const moves = client.recorder
      .entries()
      .flatMap((entry) => (entry.type === "delivery" && entry.commandId === id ? entry.status : []));
    expect(moves).toEqual(["queued", "sending", "sent", "read"]);
    await client.close();
  });

  it("notes what is missing, and that it is there again", async () => {
    const { client, clock, backend } = bench();
    const ben = backend.transport("ben");
    void client.connect();
    client.conversation("general");
    await clock.advance(1_000);
    backend.faults.dropPushes(1);
    const say = (id: number): void =>
      void backend.act("ben", {
        ...{ type: "message.send", kind: "text", content: { text: "x" }, conversationId: "general" },
        ...{ commandId: `01900000-0000-7000-8000-00000000000${id}`, at: 1 },
      });
    await ben.open({ token: undefined, clientId: "b", receive: () => {} }, new AbortController().signal);
    say(1);
    backend.faults.dropPushes(0);
    say(2);
    await clock.advance(5_000);
    const gaps = client.recorder.entries().flatMap((entry) => (entry.type === "gap" ? [entry.afterRev] : []));
    expect(gaps).toEqual([expect.any(Number), undefined]);
    await client.close();
  });

  it("[D9] holds no more than it may, and says how much is gone", async () => {
    const { client, clock } = bench({ record: { maxEntries: 20, maxSize: 3_000 } });
    void client.connect();
    for (let count = 0; count < 30; count += 1) await client.conversation("general").send("hello");
    await clock.advance(1_000);
    const { entries, size, dropped } = client.recorder.stats;
    expect(entries).toBeLessThanOrEqual(20);
    expect(size).toBeLessThanOrEqual(3_000);
    const { header, entries: read } = parseRecording(client.recorder.export());
    expect([header.dropped, read.length]).toEqual([dropped, entries]);
    expect(dropped).toBeGreaterThan(100);
    await client.close();
  });

  it("[D10] goes on when who listens to it throws", async () => {
    const { client, clock } = bench();
    const seen: RecordedEntry[] = [];
    client.recorder.subscribe(() => {
      throw new Error("listener");
    });
    const stop = client.recorder.subscribe((entry) => seen.push(entry));
    void client.connect();
    await clock.advance(1_000);
    expect(typesOf(seen)).toEqual(typesOf(client.recorder.entries()));
    stop();
    client.disconnect();
    expect(seen.length).toBeLessThan(client.recorder.entries().length);
    await client.close();
  });

  it("leaves no timer behind", async () => {
    const { client, clock } = bench();
    void client.connect();
    await clock.advance(60_000);
    await client.close();
    expect(clock.timers).toBe(0);
  });
});

describe("faults by hand", () => {
  it("cut, delay, drop and take the network away, until told otherwise", async () => {
    const faults = createFaults(seededRandom(1));
    const { client, clock } = bench({ faults });
    void client.connect();
    await clock.advance(1_000);
    faults.cut();
    expect(client.connection.get().name).not.toBe("online");
    await clock.advance(5_000);
    expect(client.connection.get().name).toBe("online");
    faults.set({ isOffline: true });
    expect(client.connection.get().name).toBe("offline");
    faults.set({ isOffline: false, delayMs: 400 });
    await clock.advance(3_000);
    const sent = await client.conversation("general").send("slow");
    await clock.advance(300);
    expect(sent.status).toBe("sending");
    await clock.advance(200);
    expect(sent.status).toBe("sent");
    const noted = client.recorder.entries().flatMap((entry) => (entry.type === "fault" ? entry : []));
    expect(noted.map(({ isCut }) => isCut)).toEqual([true, false, false]);
    expect(noted.at(-1)?.faults).toMatchObject({ isOffline: false, delayMs: 400 });
    await client.close();
  });
});

describe("a ring of lines", () => {
  it("[D9] keeps the newest, by number and by size, over any number of lines", () => {
    const ring = createRing({ entries: 3, size: 100 });
    for (let line = 0; line < 5_000; line += 1) ring.push(String(line));
    expect(ring.lines()).toEqual(["4997", "4998", "4999"]);
    expect([ring.length, ring.size, ring.dropped]).toEqual([3, 12, 4_997]);
    ring.push("x".repeat(98));
    expect([ring.length, ring.size]).toEqual([1, 98]);
    ring.push("x".repeat(101));
    expect([ring.length, ring.size]).toEqual([0, 0]);
  });
});

describe("what is no recording", () => {
  it("is refused, in words that say where", () => {
    expect(() => parseRecording("")).toThrow("its first or last line is missing");
    expect(() => parseRecording('{"type":"recording","version":1,"at":1}\nnonsense')).toThrow(
      "line 2 is no entry",
    );
    const later = ['{"type":"recording","version":2,"at":1}', '{"type":"end","at":1,"state":{}}'].join("\n");
    expect(() => parseRecording(later)).toThrow("it is of version 2, not 1");
  });
});
