import { webSocketTransport } from "@tidings/transport-ws";
import { httpFallback } from "@tidings/transport-ws/http";
import { startBackend, type Way } from "../src/backend.ts";
import type { Member } from "../src/member.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";
import type { Row, Table } from "./lib/table.ts";

const TIMES = 20;
/** Longer than receipts gather, and than whatever follows what was done. */
const AFTERMATH_MS = 600;
const TEXT = "the meeting is tomorrow at ten, could you bring the review?";

const overHttp = (port: number): Way => ({
  port,
  transport: (proxied, WebSocket) =>
    webSocketTransport({
      ...{ url: `ws://127.0.0.1:${proxied}`, WebSocket },
      fallback: httpFallback({ mostFailures: 0, probeMs: Infinity }),
    }),
});

/** What clients of the real server send and receive for what people do, TCP payload with everything around. */
export async function traffic(): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const name of ["WebSocket", "HTTP"]) {
    const backend = await startBackend({ policy: { heartbeatMs: 30_000 } });
    const given = name === "HTTP" ? { ...backend, way: overHttp(backend.port) } : backend;
    const world = await createWorld({ backend: given, userIds: ["ada", "bob"] });
    tables.push({
      title: `What travels, by ${name}`,
      note: `Bytes that Ada, who does it, and Bob, who hears of it, send (up) and receive (down), each, with all that follows from it, as receipts. A text of ${TEXT.length} characters; two members. Who types is told to those who look at the conversation, here nobody.`,
      rows: await rowsOf(world),
    });
    await world.close();
  }
  return tables;
}

async function rowsOf(world: World): Promise<readonly Row[]> {
  const [ada, bob] = [world.member(0), world.member(1)];
  const one = async (): Promise<void> => void (await (await ada.room.send(TEXT)).settled());
  const both = [ada, bob];
  return [
    await row("a message, by itself", TIMES, both, async () => {
      await one();
      await sleep(AFTERMATH_MS);
    }),
    await row("a message of twenty in a row", TIMES, both, one),
    await row("a message of a hundred at once", 100, both, async (index) => {
      if (index > 0) return;
      await Promise.all(Array.from({ length: 100 }, one));
    }),
    await row("a receipt: Ada reads what Bob said", TIMES, both, async () => {
      await (await bob.room.send("?")).settled();
      ada.room.markRead();
      await sleep(AFTERMATH_MS);
    }),
    await row("a key pressed, of a hundred in 5 s", 100, both, async () => {
      ada.room.typing.notify();
      await sleep(50);
    }),
  ];
}

/** The shares of one in what `times` of them take. */
async function row(
  name: string,
  times: number,
  members: readonly Member[],
  act: (index: number) => Promise<void>,
): Promise<Row> {
  await sleep(AFTERMATH_MS);
  const before = members.map(bytesOf);
  for (let index = 0; index < times; index += 1) await act(index);
  await until("nothing waiting", () => members.every(({ client }) => client.outbox.get().waiting === 0));
  await sleep(AFTERMATH_MS);
  const [ada, bob] = members.map((member, index) => {
    const [now, then] = [bytesOf(member), before[index]];
    return { up: (now.up - (then?.up ?? 0)) / times, down: (now.down - (then?.down ?? 0)) / times };
  });
  const figures = { "Ada up": ada?.up ?? 0, "Ada down": ada?.down ?? 0 };
  return { name, figures: { ...figures, "Bob up": bob?.up ?? 0, "Bob down": bob?.down ?? 0 } };
}

function bytesOf({ proxy }: Member): { readonly up: number; readonly down: number } {
  return { up: proxy.traffic("up").accepted, down: proxy.traffic("down").accepted };
}
