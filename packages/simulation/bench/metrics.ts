import { setTimeout as sleep } from "node:timers/promises";
import { type Contender, tidings, tidingsMeasured } from "./contenders.ts";
import { startServer } from "./lib/child.ts";
import { openRoom, type Room, saturate } from "./lib/rooms.ts";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 3;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 2_000;
const SCRAPED_MS = 1_000;
const LOADS = [
  { title: "50 rooms of 10", rooms: 50, members: 10, window: 8 },
  { title: "one room of 100", rooms: 1, members: 100, window: 128 },
];

interface Measured {
  /** Processor time of the server for one message, with all its deliveries. */
  readonly micros: number;
  readonly deliveriesPerSecond: number;
}

/** What it costs a server to measure itself: the same load with and without, in turns. */
export async function metrics(): Promise<readonly Table[]> {
  const contenders: readonly { readonly contender: Contender; readonly isScraped: boolean }[] = [
    { contender: { ...tidings, name: "metrics off" }, isScraped: false },
    { contender: { ...tidings, name: "metrics off, again" }, isScraped: false },
    { contender: tidingsMeasured, isScraped: false },
    { contender: { ...tidingsMeasured, name: "metrics on, scraped each second" }, isScraped: true },
  ];
  const tables: Table[] = [];
  for (const load of LOADS) {
    const found = contenders.map((): Measured[] => []);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [index, { contender, isScraped }] of contenders.entries())
        found[index]?.push(await measure(contender, load, isScraped));
    const middle = (index: number, key: keyof Measured): number =>
      median((found[index] ?? []).map((measured) => measured[key]));
    const rows = contenders.map(({ contender: { name } }, index): Row => {
      const figures = { "µs of processor": middle(index, "micros"), "× off": 0 };
      figures["× off"] = figures["µs of processor"] / middle(0, "micros");
      return { name, figures: { ...figures, "deliveries/s": middle(index, "deliveriesPerSecond") } };
    });
    const note = `Saturated, SQLite; processor time of the server per message, median of ${ROUNDS} rounds of ${MEASURE_MS / 1_000} s. Both rows of "off" are the same.`;
    tables.push({ title: `Metrics on or off: ${load.title}`, note, rows });
  }
  return tables;
}

async function measure(
  contender: Contender,
  { rooms: count, members, window }: (typeof LOADS)[number],
  isScraped: boolean,
): Promise<Measured> {
  const server = await startServer(contender.script, await contender.words?.());
  const rooms: Room[] = [];
  let scraping: NodeJS.Timeout | undefined;
  try {
    for (let room = 0; room < count; room += 1)
      rooms.push(await openRoom(contender, { servers: [server], room, members }));
    if (isScraped) {
      const url = `http://127.0.0.1:${await server.figure("metricsPort")}/metrics`;
      scraping = setInterval(() => void fetch(url).then((page) => page.text()), SCRAPED_MS);
    }
    const stop = saturate(rooms, window);
    await sleep(WARM_UP_MS);
    const beforeMs = await server.figure("cpuMs");
    for (const room of rooms) room.reset();
    const startMs = performance.now();
    await sleep(MEASURE_MS);
    const seconds = (performance.now() - startMs) / 1_000;
    const deliveries = rooms.reduce((sum, room) => sum + room.deliveries(), 0);
    const micros = ((await server.figure("cpuMs")) - beforeMs) * 1_000;
    stop();
    return { micros: micros / (deliveries / members), deliveriesPerSecond: deliveries / seconds };
  } finally {
    clearInterval(scraping);
    for (const room of rooms) room.close();
    await server.stop();
  }
}
