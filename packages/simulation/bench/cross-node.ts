import { setTimeout as sleep } from "node:timers/promises";
import { hasPostgres, hasRedis, startRedis } from "@tidings/server/testing";
import { tidings } from "./contenders.ts";
import { startServer } from "./lib/child.ts";
import { startDurablePostgres } from "./lib/durable-postgres.ts";
import { type Arrivals, openRoom, pace, type Room } from "./lib/rooms.ts";
import { median, quantile, type Row, type Table } from "./lib/table.ts";

const ROOMS = 100;
const MEMBERS = 10;
const ROUNDS = 3;
const WARM_UP_MS = 1_500;
const MEASURE_MS = 4_000;
const RATES = [100, 1_000];
/** Every other member is on the other node than the speaker, who is number 0. */
const [OTHER, SAME] = [1, 2];

/** What one round found, by what is compared. */
type Found = Readonly<Record<"same" | "other" | "added", readonly number[]>>;

const NAMES = {
  same: "to the speaker's node",
  other: "to the other node",
  added: "added by it, per message",
} as const;

/** What a message takes longer to those on another node: over the bus, on one PostgreSQL and one Redis. */
export async function crossNode(): Promise<readonly Table[]> {
  if (!hasPostgres() || !hasRedis()) return [];
  const [postgres, redis] = await Promise.all([startDurablePostgres(), startRedis()]);
  try {
    const tables: Table[] = [];
    for (const perSecond of RATES) {
      const rounds: Found[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push(await measure([await postgres.database(), redis.url], perSecond));
      tables.push(tableOf(perSecond, rounds));
    }
    return tables;
  } finally {
    await Promise.all([postgres.close(), redis.close()]);
  }
}

function tableOf(perSecond: number, rounds: readonly Found[]): Table {
  const middle = (kind: keyof Found, share: number): number =>
    median(rounds.map((found) => quantile(found[kind], share)));
  const rows = (["same", "other", "added"] as const).map((kind): Row => {
    const figures = { "p50 ms": middle(kind, 0.5), "p99 ms": middle(kind, 0.99) };
    return {
      name: NAMES[kind],
      figures: { ...figures, messages: median(rounds.map(({ [kind]: all }) => all.length)) },
    };
  });
  const [said, out] = [perSecond, perSecond * MEMBERS].map((count) => count.toLocaleString("en"));
  return {
    title: `Two nodes: ${said} messages/s in, ${out} deliveries/s out`,
    note: `Median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s; ${ROOMS} rooms of ${MEMBERS}, half of each on either node; fsync on.`,
    rows,
  };
}

async function measure(words: readonly string[], perSecond: number): Promise<Found> {
  const servers = [await startServer(tidings.script, words), await startServer(tidings.script, words)];
  const rooms: Room[] = [];
  try {
    for (let room = 0; room < ROOMS; room += 1)
      rooms.push(await openRoom(tidings, { servers, room, members: MEMBERS, sampled: [SAME, OTHER] }));
    const stop = pace(rooms, perSecond);
    await sleep(WARM_UP_MS);
    for (const room of rooms) room.reset();
    await sleep(MEASURE_MS);
    stop();
    return foundIn(rooms);
  } finally {
    for (const room of rooms) room.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function foundIn(rooms: readonly Room[]): Found {
  const pairs = rooms.flatMap(({ arrivals: [same, other] }) =>
    same && other ? [...pairsOf(same, other)] : [],
  );
  return {
    same: pairs.map(([same]) => same),
    other: pairs.map(([, other]) => other),
    added: pairs.map(([same, other]) => other - same),
  };
}

/** Of each message that has reached both. */
function* pairsOf(same: Arrivals, other: Arrivals): Generator<readonly [number, number]> {
  for (const [mark, sameMs] of same) {
    const otherMs = other.get(mark);
    if (otherMs !== undefined) yield [sameMs, otherMs];
  }
}
