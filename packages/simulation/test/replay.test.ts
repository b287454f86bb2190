import { type Client, createClient, memoryStorage } from "@tidings/core";
import {
  createFaults,
  createInspectedClient,
  type InspectedClient,
  parseRecording,
  type RecordedEntry,
  type Recording,
} from "@tidings/core/inspect";
import { createMemoryBackend } from "@tidings/core/memory";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { createServer } from "@tidings/server";
import { createFaultProxy } from "@tidings/server/testing";
import { webSocketTransport } from "@tidings/transport-ws";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { anyOf, isLikely } from "../src/chance.ts";
import { replay } from "../src/replay/replay.ts";
import { storyOf } from "../src/replay/story.ts";
import { createScript } from "../src/script.ts";
import { replayable, upTo } from "../src/seeds.ts";
import { until } from "../src/until.ts";
import { createVirtualWorld } from "../src/virtual-world.ts";
import { change } from "../src/weather.ts";

const STEPS = 100;

/** What three people's clients have on tape, after all that may happen to them; nothing has calmed down. */
async function recordings(seed: number): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const clients: InspectedClient[] = [];
  const world = createVirtualWorld(random, undefined, undefined, undefined, (options): Client => {
    const client = createInspectedClient(options);
    clients.push(client);
    return client;
  });
  const script = createScript(random);
  for (const { client } of world.members) void client.connect();
  for (let step = 0; step < STEPS; step += 1) {
    script.step(world.members);
    if (isLikely(random, 0.2)) change(world, random);
    if (isLikely(random, 0.5)) await world.pass(anyOf(random, isLikely(random, 0.1) ? 60_000 : 1_000));
  }
  const exported = clients.map(({ recorder }) => recorder.export());
  await world.close();
  return exported;
}

/** A second life of a person's client: with what the first has left, on a disk that gets full, over links that break. */
async function secondLife(): Promise<string> {
  const [clock, random, storage] = [virtualClock(1_790_000_000_000), seededRandom(7), memoryStorage()];
  const backend = createMemoryBackend({ clock, random });
  const options = {
    transport: backend.transport("ada"),
    storage,
    clock,
    random,
    userId: "ada",
    logger: () => {},
  };
  const first = createClient(options);
  void first.connect();
  await clock.advance(1_000);
  await first.conversation("general").send("before");
  first.disconnect();
  await first.conversation("general").send("kept for later");
  await clock.advance(1_000);
  await first.close();

  const faults = createFaults(random);
  const client = createInspectedClient({ ...options, auth: () => "a-token" }, { faults });
  const room = client.conversation("general");
  void client.connect();
  await clock.advance(5_000);
  room.draft.set("half a thought");
  await room.send("first of the second life");
  faults.set({ isStorageFull: true });
  await room.send("that finds no room").catch(() => {});
  await clock.advance(2_000);
  faults.set({ isStorageFull: false, delayMs: 300 });
  backend.faults.refuseNext("permission/denied");
  void room.send("refused");
  await clock.advance(2_000);
  const failed = client.outbox.get().entries.filter(({ status }) => status === "failed");
  for (const { command } of failed) client.outbox.retry(command.commandId);
  faults.cut();
  void client.createConversation({ kind: "group", name: "Plans" }).catch(() => {});
  await clock.advance(3_000);
  // A command that makes the backend end each link is found by why they ended.
  backend.faults.hold();
  void room.send("poison");
  for (let links = 0; links < 4; links += 1) {
    await clock.advance(2_000);
    backend.faults.cut({ code: "protocol/malformed" });
    backend.faults.release();
    await clock.advance(900);
    backend.faults.hold();
  }
  backend.faults.release();
  await clock.advance(3_000);
  faults.set({ isOffline: true });
  void room.send("written offline");
  await clock.advance(3_000);
  const text = client.recorder.export();
  await client.close();
  return text;
}

/** On the machine's clock, through a network that breaks, from a real server. */
async function inTheField(): Promise<string> {
  const server = await createServer({ port: 0, policy: { rates: [] } });
  const proxy = await createFaultProxy({ target: { port: server.port } });
  const transport = webSocketTransport({ url: proxy.url, WebSocket });
  const auth = (): Promise<string> => server.issueToken("ada");
  const backoff = { baseMs: 20, maxMs: 100 };
  const client = createInspectedClient({
    transport,
    auth,
    backoff,
    storage: memoryStorage(),
    logger: () => {},
  });
  const room = client.conversation("general");
  const isOnline = (): boolean => client.connection.get().name === "online";
  try {
    await client.connect();
    for (let round = 0; round < 4; round += 1) {
      const sent = await Promise.all([1, 2, 3].map((number) => room.send(`${round} ${number}`)));
      if (round % 2 === 0) proxy.reset();
      await Promise.all(sent.map((each) => each.settled()));
      await until("online again", isOnline);
      const [first] = sent;
      if (first) await (await room.react(first.id, "👍")).settled();
      room.markRead();
    }
    client.disconnect();
    await room.send("written offline");
    return client.recorder.export();
  } finally {
    await client.close();
    await proxy.close();
    await server.close();
  }
}

const without = (recording: Recording, which: (entry: RecordedEntry) => boolean): Recording => {
  const gone = recording.entries.findLast(which);
  return { ...recording, entries: recording.entries.filter((entry) => entry !== gone) };
};

describe("a recording of a client over a link that everything goes wrong with", () => {
  it.each(replayable(upTo(3)))("replays to the same state, the same way (seed %i)", async (seed) => {
    for (const text of await recordings(seed)) {
      const { differences } = await replay(parseRecording(text));
      expect(differences).toEqual([]);
    }
  });
});

describe("a recording of a client on a real machine", () => {
  it("replays as one from the simulation does", async () => {
    const recording = parseRecording(await inTheField());
    const { differences, state } = await replay(recording);
    expect(differences).toEqual([]);
    expect(state.outbox.map(({ status }) => status)).toEqual(["queued"]);
    expect(state.conversations.map(({ count }) => count)).toEqual([13]);
  });
});

describe("a recording of a client's second life", () => {
  it("replays what was found on storage, what failed, what was tried again and what waits", async () => {
    const recording = parseRecording(await secondLife());
    const { outbox } = recording.end.state;
    expect(outbox.map(({ status }) => status)).toContain("queued");
    expect(outbox.map(({ code }) => code)).toContain("protocol/malformed");
    const idsOf = (type: "command" | "delivery"): readonly string[] =>
      recording.entries.flatMap((entry) => {
        if (entry.type !== type) return [];
        return entry.type === "command" ? entry.command.commandId : entry.commandId;
      });
    const given = new Set(idsOf("command"));
    const others = new Set(idsOf("delivery").filter((id) => !given.has(id)));
    expect(others.size).toBe(2); // what the first life left, and what took the place of what was refused
    const { differences, state } = await replay(recording);
    expect(differences).toEqual([]);
    expect(state.conversations.length).toBeGreaterThan(1);
  });

  it("says so when what happened does not lead to where it ended", async () => {
    const recording = parseRecording(await secondLife());
    const { differences } = await replay(without(recording, ({ type }) => type === "command"));
    expect(differences.join("\n")).toMatch(/outbox\.\d: .* was recorded, nothing replayed/);
    const unheard = { ...recording, entries: recording.entries.filter(({ type }) => type !== "heard") };
    expect((await replay(unheard)).differences).not.toEqual([]);
  });

  it("can be read: who did what, what was asked and answered, how things ended", async () => {
    const story = storyOf(parseRecording(await secondLife()));
    expect(story).toMatch(/A client of ada, made 2026-\d\d-\d\dT.*; storage: memory; redacted/);
    for (const line of [
      "app         connect",
      "connection  online",
      "(storage/full)",
      "by hand     every link is cut",
    ])
      expect(story).toContain(line);
    expect(story).not.toContain("a timer rings");
    expect(storyOf(parseRecording(await secondLife()), { isWhole: true })).toContain("a timer rings");
  });
});

describe("a recording that cannot be replayed", () => {
  it("says why", async () => {
    const recording = parseRecording(await secondLife());
    const cases = [
      [{ dropped: 5 }, "its first 5 entries had gone"],
      [{ hasTabs: true }, "it is of a tab"],
    ] as const;
    for (const [changed, reason] of cases)
      await expect(replay({ ...recording, header: { ...recording.header, ...changed } })).rejects.toThrow(
        reason,
      );
  });
});
