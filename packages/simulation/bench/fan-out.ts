import { setTimeout as sleep } from "node:timers/promises";
import { bareWs, type Contender, type Member, socketIo, tidings } from "./contenders.ts";
import { startServer } from "./lib/child.ts";
import { createCounter } from "./lib/raw-socket.ts";
import { median, quantile, type Row, type Table } from "./lib/table.ts";

/** How the members are spread, and how they speak. */
interface Load {
  readonly rooms: number;
  readonly members: number;
  /** Messages each room's speaker keeps unanswered: as fast as the server goes. */
  readonly window?: number;
  /** Or: messages per second over all rooms, whatever the server does. */
  readonly perSecond?: number;
}

interface Measured {
  readonly deliveriesPerSecond: number;
  readonly latenciesMs: readonly number[];
}

const ROUNDS = 3;
const WARM_UP_MS = 1_500;
const MEASURE_MS = 4_000;
/** Receivers whose latency is read; all are counted. */
const SAMPLED_MEMBER = 1;

const contenders = [bareWs, socketIo, tidings];

/** Server fan-out against a bare `ws` broadcast and Socket.IO, each in a process of its own, clients on raw sockets. */
export async function fanOut(): Promise<readonly Table[]> {
  return [
    await saturated("one room of 100, saturated", { rooms: 1, members: 100, window: 128 }),
    await saturated("200 rooms of 10, saturated", { rooms: 200, members: 10, window: 8 }),
    await paced("1,000 messages/s in, 10,000 deliveries/s out", {
      rooms: 100,
      members: 10,
      perSecond: 1_000,
    }),
  ];
}

async function saturated(title: string, load: Load): Promise<Table> {
  const rates = await rounds(load, (measured) => measured.deliveriesPerSecond);
  const base = median(rates.get(bareWs) ?? []);
  const rows = [...rates].map(([{ name }, values]): Row => {
    const figure = median(values);
    return { name, figures: { "deliveries/s": figure, "× bare ws": figure / base } };
  });
  const note = `Median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s; each speaker keeps ${load.window} unanswered. Only tidings stores.`;
  return { title: `Fan-out: ${title}`, note, rows };
}

async function paced(title: string, load: Load): Promise<Table> {
  const found = await rounds(load, ({ latenciesMs, deliveriesPerSecond }) => ({
    p50: quantile(latenciesMs, 0.5),
    p99: quantile(latenciesMs, 0.99),
    deliveriesPerSecond,
  }));
  const middle = (contender: Contender, key: "p50" | "p99" | "deliveriesPerSecond"): number =>
    median((found.get(contender) ?? []).map((figures) => figures[key]));
  const rows = contenders.map((contender): Row => {
    const p50 = middle(contender, "p50");
    return {
      name: contender.name,
      figures: {
        "deliveries/s": middle(contender, "deliveriesPerSecond"),
        "p50 ms": p50,
        "× bare ws": p50 / middle(bareWs, "p50"),
        "p99 ms": middle(contender, "p99"),
      },
    };
  });
  const note = `Median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s; from the sender's write to a receiver's read.`;
  return { title: `Fan-out: ${title}`, note, rows };
}

/** Every contender once per round, so that a machine that drifts drifts for all. */
async function rounds<T>(load: Load, pick: (measured: Measured) => T): Promise<Map<Contender, T[]>> {
  const found = new Map<Contender, T[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [contender, values] of found) values.push(pick(await measure(contender, load)));
  }
  return found;
}

async function measure(contender: Contender, load: Load): Promise<Measured> {
  const server = await startServer(contender.script);
  const rooms: Room[] = [];
  try {
    for (let index = 0; index < load.rooms; index += 1)
      rooms.push(await openRoom(contender, server, index, load));
    const stop = load.perSecond ? pace(rooms, load.perSecond) : saturate(rooms, load.window ?? 1);
    await sleep(WARM_UP_MS);
    for (const room of rooms) room.reset();
    const startMs = performance.now();
    await sleep(MEASURE_MS);
    const seconds = (performance.now() - startMs) / 1_000;
    const deliveries = rooms.reduce((sum, room) => sum + room.deliveries(), 0);
    stop();
    return {
      deliveriesPerSecond: deliveries / seconds,
      latenciesMs: rooms.flatMap((room) => room.latenciesMs),
    };
  } finally {
    for (const room of rooms) room.close();
    await server.stop();
  }
}

interface Room {
  readonly speaker: Member;
  /** Called with the number of the speaker's messages that have come back to it. */
  onReturned: (count: number) => void;
  deliveries(): number;
  readonly latenciesMs: number[];
  reset(): void;
  close(): void;
}

async function openRoom(
  contender: Contender,
  server: Awaited<ReturnType<typeof startServer>>,
  room: number,
  load: Load,
): Promise<Room> {
  let deliveries = 0;
  const latenciesMs: number[] = [];
  const members: Member[] = [];
  const self = { onReturned: (_count: number): void => {} };
  for (let index = 0; index < load.members; index += 1) {
    const count = createCounter(contender.needle);
    const onChunk = (chunk: Buffer): void => {
      const found = count(chunk);
      if (found === 0) return;
      deliveries += found;
      if (index === 0) self.onReturned(found);
      if (index === SAMPLED_MEMBER && load.perSecond) readLatencies(chunk, latenciesMs);
    };
    members.push(await contender.join({ server, room, index, members: load.members, onChunk }));
  }
  const [speaker] = members;
  if (!speaker) throw new Error("a room needs a speaker");
  return Object.assign(self, {
    speaker,
    latenciesMs,
    deliveries: () => deliveries,
    reset() {
      deliveries = 0;
      latenciesMs.length = 0;
    },
    close: () => members.forEach((member) => member.close()),
  });
}

/** Marks look like `@12345.678@`: when the sender wrote, on this process's clock. */
function readLatencies(chunk: Buffer, into: number[]): void {
  const nowMs = performance.now();
  for (const [, sentMs] of chunk.toString("latin1").matchAll(/@(\d+\.\d+)@/g))
    into.push(nowMs - Number(sentMs));
}

const mark = (): string => `@${performance.now().toFixed(3)}@`;

/** Every message that comes back lets the next one go. */
function saturate(rooms: readonly Room[], window: number): () => void {
  let isOn = true;
  for (const room of rooms) {
    const say = (count: number): void => {
      for (let index = 0; isOn && index < count; index += 1) room.speaker.say(mark());
    };
    room.onReturned = say;
    say(window);
  }
  return () => void (isOn = false);
}

/** A steady rate, spread over the rooms in turn, in slices of a few milliseconds. */
function pace(rooms: readonly Room[], perSecond: number): () => void {
  const startMs = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1_000) * perSecond;
    for (; said < due; said += 1) rooms[said % rooms.length]?.speaker.say(mark());
  }, 2);
  return () => clearInterval(timer);
}
