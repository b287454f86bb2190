import { type WebSocket, WebSocketServer } from "ws";
import { changeFrame, type Codec, compact, deflatedOnce, plain } from "../lib/codecs.ts";
import { announce } from "../lib/serve.ts";

/** Sends changes to everybody, encoded once, or deflated by `ws` for each: as its words say. */
const codecs: Readonly<Record<string, Codec>> = { compact, deflatedOnce };
const [, codec = "", deflate = "", words = ""] = process.argv.slice(2);
const encode = codecs[codec] ?? plain;
const noTakeover = { serverNoContextTakeover: true, clientNoContextTakeover: true };

const server = new WebSocketServer(
  {
    ...{ port: 0, host: "127.0.0.1" },
    perMessageDeflate: deflate === "no" ? false : { threshold: 0, ...(deflate === "alone" && noTakeover) },
  },
  () => {
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    announce({ port }, () => ({
      bytes: [...streams].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    }));
  },
);
const streams = new Set<{ readonly bytesWritten: number }>();
let rev = 0;

server.on("connection", (socket, request) => {
  streams.add(request.socket);
  socket.on("message", () => sayToAll(server.clients));
});

function sayToAll(everybody: Iterable<WebSocket>): void {
  rev += 1;
  const data = encode(changeFrame(rev, Number(words)));
  for (const each of everybody) each.send(data);
}
