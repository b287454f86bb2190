import { WebSocket } from "ws";
import { startServer } from "./lib/child.ts";
import type { Row, Table } from "./lib/table.ts";
import { traffic } from "./traffic.ts";

const LINKS = 300;
const MESSAGES = 60;
/** Whatever is made at the first message is made then. */
const WARM_UP = 5;

/** By name: the codec, and what `ws` does. */
const ways: readonly (readonly [name: string, codec: string, deflate: string])[] = [
  ["none", "plain", "no"],
  ["permessage-deflate", "plain", "yes"],
  ["permessage-deflate, each alone", "plain", "alone"],
  ["keys of one character, ids in base64", "compact", "no"],
  ["deflated once, shared dictionary", "deflatedOnce", "no"],
];

/** What compression would save, and what it would cost. */
export async function compression(): Promise<readonly Table[]> {
  const tables: Table[] = [...(await traffic())];
  for (const words of [12, 120]) {
    const rows: Row[] = [];
    for (const way of ways) rows.push(await measure(way, words));
    tables.push({
      title: `Compression: changes with ${words} words to ${LINKS} links`,
      note: `${MESSAGES} messages, one after the other, each pushed to ${LINKS} WebSockets of a server of its own process (ws 8, threshold 0). Bytes on the wire, processor time and resident memory of that server.`,
      rows,
    });
  }
  return tables;
}

async function measure([name, codec, deflate]: (typeof ways)[number], words: number): Promise<Row> {
  const server = await startServer("codec-ws", [codec, deflate, String(words)]);
  const emptyBytes = await server.memory();
  const sockets = await Promise.all(Array.from({ length: LINKS }, () => open(server.port)));
  const sayAndHear = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      const heard = sockets.map((socket) => new Promise((resolve) => socket.once("message", resolve)));
      sockets[0]?.send("go");
      await Promise.all(heard);
    }
  };
  await sayAndHear(WARM_UP);
  const before = { cpuMs: await server.figure("cpuMs"), bytes: await server.figure("bytes") };
  await sayAndHear(MESSAGES);
  const after = { cpuMs: await server.figure("cpuMs"), bytes: await server.figure("bytes") };
  const fullBytes = await server.memory();
  for (const socket of sockets) socket.terminate();
  await server.stop();
  const deliveries = LINKS * MESSAGES;
  return {
    name,
    figures: {
      "bytes each": (after.bytes - before.bytes) / deliveries,
      "µs of processor each": ((after.cpuMs - before.cpuMs) * 1_000) / deliveries,
      "kB of memory per link": (fullBytes - emptyBytes) / 1_000 / LINKS,
    },
  };
}

function open(port: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    socket.once("open", () => resolve(socket)).once("error", reject);
  });
}
