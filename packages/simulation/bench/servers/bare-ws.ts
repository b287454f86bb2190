import { type WebSocket, WebSocketServer } from "ws";
import { announce } from "../lib/serve.ts";

/**
 * The limit to compare with: the broadcast of the `ws` package's own README. No parsing, no storage; every message goes
 * to every member of the room named in the address, one `send` each.
 */
const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false }, () => {
  const address = server.address();
  announce({ port: typeof address === "object" && address ? address.port : 0 });
});

server.on("connection", (socket, request) => {
  const name = request.url ?? "/";
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on("message", (data, binary) => {
    for (const member of room) member.send(data, { binary });
  });
  socket.on("close", () => room.delete(socket));
});
