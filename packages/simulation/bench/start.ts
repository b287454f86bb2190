import { createServer as createHttp, type Server } from "node:http";
import { createServer } from "@tidings/server";
import { WebSocketServer } from "ws";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 30;

/** What a test that wants a server of its own waits for. */
export async function start(): Promise<readonly Table[]> {
  const bare = await timed(bareServer);
  const tidings = await timed(() => createServer({ port: 0 }));
  return [
    {
      title: "A server of one's own",
      note: `createServer({ port: 0 }) until it listens, beside node:http with ws; ${ROUNDS} each, the first aside (it loads the code). To reach: 100 ms.`,
      rows: [rowOf("node:http and ws", bare, bare), rowOf("@tidings/server", tidings, bare)],
    },
  ];
}

function rowOf(name: string, tookMs: readonly number[], limitMs: readonly number[]): Row {
  return { name, figures: { "median ms": median(tookMs), ratio: median(tookMs) / median(limitMs) } };
}

async function timed(open: () => Promise<{ close(): Promise<void> }>): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const began = performance.now();
    const server = await open();
    if (round > 0) tookMs.push(performance.now() - began);
    await server.close();
  }
  return tookMs;
}

async function bareServer(): Promise<{ close(): Promise<void> }> {
  const http: Server = createHttp();
  const sockets = new WebSocketServer({ server: http });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    async close() {
      sockets.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
