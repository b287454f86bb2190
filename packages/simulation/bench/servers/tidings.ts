import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tidings/core";
import { defaultPolicy } from "@tidings/core/protocol";
import { createServer } from "@tidings/server";
import { webSocketTransport } from "@tidings/transport-ws";
import WebSocket from "ws";
import { announce } from "../lib/serve.ts";

/**
 * The reference server as it is deployed in its embedded form: SQLite file, WAL, synchronous FULL. Only the limits are
 * lifted: no rates, as many invitations as a room has members.
 */
const [rooms = 1, members = 10] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const server = await createServer({
  port: 0,
  dataFile: join(folder, "bench.db"),
  secret: randomUUID() + randomUUID(),
  lobbies: [],
  policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, invitations: members } },
  bounds: {
    connectionsPerAddress: 20_000,
    connections: 20_000,
    framesPerSecond: 1_000_000,
    frameBurst: 1_000_000,
  },
});

const userOf = (room: number, index: number): string => `user-${room}-${index}`;
const tokens: Record<string, string> = {};
for (let room = 0; room < rooms; room += 1) {
  for (let index = 0; index < members; index += 1) {
    tokens[`${room}.${index}`] = await server.issueToken(userOf(room, index));
  }
  await createRoom(room);
}
announce({ port: server.port, tokens });

/** The speaker begins the conversation and invites the others. */
async function createRoom(room: number): Promise<void> {
  const client = createClient({
    transport: webSocketTransport({ url: server.url, WebSocket }),
    auth: tokens[`${room}.0`] ?? "",
  });
  await client.connect();
  const participants = Array.from({ length: members - 1 }, (_, index) => ({
    userId: userOf(room, index + 1),
  }));
  await client.createConversation({ conversationId: `room-${room}`, kind: "group", participants });
  while (client.outbox.get().waiting > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await client.close();
}
