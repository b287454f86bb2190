import { randomUUID } from "node:crypto";
import pg from "pg";
import { type WebSocket, WebSocketServer } from "ws";
import { announce } from "../lib/serve.ts";

/**
 * The limit for what is durable before it is told: the broadcast of `bare-ws.ts`, but each message is in PostgreSQL first.
 * As little as that takes: one statement at a time on one connection, of everything that has come meanwhile.
 */
const [, database] = process.argv.slice(2);
const client = new pg.Client(database);
await client.connect();
await client.query("CREATE TABLE plain (id text PRIMARY KEY, room text NOT NULL, record json NOT NULL)");

interface Said {
  readonly room: string;
  readonly data: Buffer;
}

const rooms = new Map<string, Set<WebSocket>>();
let waiting: Said[] = [];
let isWriting = false;

async function write(): Promise<void> {
  if (isWriting) return;
  isWriting = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    const columns = [
      batch.map(() => randomUUID()),
      batch.map(({ room }) => room),
      batch.map(({ data }) => data.toString()),
    ];
    const text = "INSERT INTO plain SELECT * FROM unnest($1::text[], $2::text[], $3::json[])";
    await client.query({ name: "plain", text, values: columns });
    for (const { room, data } of batch)
      for (const member of rooms.get(room) ?? []) member.send(data, { binary: false });
  }
  isWriting = false;
}

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  const address = server.address();
  announce({ port: typeof address === "object" && address ? address.port : 0 });
});

server.on("connection", (socket, request) => {
  const name = request.url ?? "/";
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on("message", (data: Buffer) => {
    waiting.push({ room: name, data });
    setImmediate(() => void write());
  });
  socket.on("close", () => room.delete(socket));
});
