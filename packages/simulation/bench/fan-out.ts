import { setTimeout as sleep } from "node:timers/promises";
import { hasPostgres } from "@tidings/server/testing";
import { bareWs, bareWsOn, type Contender, DURABLE, socketIo, tidings, tidingsOn } from "./contenders.ts";
import { startServer } from "./lib/child.ts";
import { startDurablePostgres } from "./lib/durable-postgres.ts";
import { openRoom, pace, type Room, saturate } from "./lib/rooms.ts";
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
/** At a tenth of what they can do, it takes longer until all is compiled and every pool has its size. */
const PACED_WARM_UP_MS = 6_000;
const MEASURE_MS = 4_000;
/** Of what a link may have unanswered (256): less does not keep a server busy that commits many at once. */
const NEARLY_ALL = 240;
/** Members whose latency is read: one of each room, who is not the speaker. */
const SAMPLED = [1];

/**
 * Server fan-out against a bare `ws` broadcast and Socket.IO, each in a process of its own, clients on raw sockets. Ours
 * with each of its stores: SQLite, and PostgreSQL where there is one.
 */
export async function fanOut(): Promise<readonly Table[]> {
  const service = hasPostgres() ? await startDurablePostgres() : undefined;
  const contenders = [bareWs, socketIo, tidings, ...(service ? [tidingsOn(service)] : [])];
  try {
    return [
      await saturated("one room of 100, saturated", contenders, {
        rooms: 1,
        members: 100,
        window: NEARLY_ALL,
      }),
      await saturated("200 rooms of 10, saturated", contenders, { rooms: 200, members: 10, window: 8 }),
      await paced(
        "1,000 messages/s in, 10,000 deliveries/s out",
        service ? [bareWs, bareWsOn(service), ...contenders.slice(1)] : contenders,
        { rooms: 100, members: 10, perSecond: 1_000 },
      ),
    ];
  } finally {
    await service?.close();
  }
}

async function saturated(title: string, contenders: readonly Contender[], load: Load): Promise<Table> {
  const rates = await rounds(contenders, load, (measured) => measured.deliveriesPerSecond);
  const base = median(rates.get(bareWs) ?? []);
  const rows = [...rates].map(([{ name }, values]): Row => {
    const figure = median(values);
    return { name, figures: { "deliveries/s": figure, "× bare ws": figure / base } };
  });
  const note = `Median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s; each speaker keeps ${load.window} unanswered. Only tidings stores, on disk before it delivers.`;
  return { title: `Fan-out: ${title}`, note, rows };
}

async function paced(title: string, contenders: readonly Contender[], load: Load): Promise<Table> {
  const found = await rounds(contenders, load, ({ latenciesMs, deliveriesPerSecond }) => ({
    p50: quantile(latenciesMs, 0.5),
    p99: quantile(latenciesMs, 0.99),
    deliveriesPerSecond,
  }));
  const middle = (contender: Contender, key: "p50" | "p99" | "deliveriesPerSecond"): number =>
    median((found.get(contender) ?? []).map((figures) => figures[key]));
  const durable = contenders.find(({ script }) => script === DURABLE);
  const rows = contenders.map((contender): Row => {
    const p50 = middle(contender, "p50");
    return {
      name: contender.name,
      figures: {
        "deliveries/s": middle(contender, "deliveriesPerSecond"),
        "p50 ms": p50,
        "× bare ws": p50 / middle(bareWs, "p50"),
        ...(durable && { "× bare ws + pg": p50 / middle(durable, "p50") }),
        "p99 ms": middle(contender, "p99"),
      },
    };
  });
  const note = `Median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s after ${PACED_WARM_UP_MS / 1_000} s; from the sender's write to a receiver's read. "+ pg": the same rows on disk in PostgreSQL first, and nothing else.`;
  return { title: `Fan-out: ${title}`, note, rows };
}

/** Every contender once per round, so that a machine that drifts drifts for all. */
async function rounds<T>(
  contenders: readonly Contender[],
  load: Load,
  pick: (measured: Measured) => T,
): Promise<Map<Contender, T[]>> {
  const found = new Map<Contender, T[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [contender, values] of found) values.push(pick(await measure(contender, load)));
  }
  return found;
}

async function measure(contender: Contender, load: Load): Promise<Measured> {
  const server = await startServer(contender.script, await contender.words?.());
  const rooms: Room[] = [];
  try {
    const sampled = load.perSecond ? SAMPLED : [];
    for (let room = 0; room < load.rooms; room += 1)
      rooms.push(await openRoom(contender, { servers: [server], room, members: load.members, sampled }));
    const stop = load.perSecond ? pace(rooms, load.perSecond) : saturate(rooms, load.window ?? 1);
    await sleep(load.perSecond ? PACED_WARM_UP_MS : WARM_UP_MS);
    for (const room of rooms) room.reset();
    const startMs = performance.now();
    await sleep(MEASURE_MS);
    const seconds = (performance.now() - startMs) / 1_000;
    const deliveries = rooms.reduce((sum, room) => sum + room.deliveries(), 0);
    stop();
    return {
      deliveriesPerSecond: deliveries / seconds,
      latenciesMs: rooms.flatMap(({ arrivals }) => arrivals.flatMap((each) => [...each.values()])),
    };
  } finally {
    for (const room of rooms) room.close();
    await server.stop();
  }
}
