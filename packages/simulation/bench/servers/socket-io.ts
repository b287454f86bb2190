import { createServer } from "node:http";
import { Server } from "socket.io";
import { announce } from "../lib/serve.ts";

/** Socket.IO as its own guide shows it: a room, an event, no storage. WebSocket only, no compression. */
const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });

io.on("connection", (socket) => {
  socket.on("join", (room: string) => void socket.join(room));
  socket.on("say", (room: string, text: string) => io.to(room).emit("said", text));
});

http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  announce({ port: typeof address === "object" && address ? address.port : 0 });
});
