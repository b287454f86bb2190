import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { createHash } from "node:crypto";
import { textFrame } from "./text-frame.ts";

const texts = [
  "",
  "a",
  "é".repeat(62),
  "x".repeat(125),
  "x".repeat(126),
  "🦆".repeat(100),
  "x".repeat(65_535),
  "ü".repeat(70_000),
];

it("is what a WebSocket client understands, whatever its length", async () => {
  const server = createServer((socket) => {
    socket.once("data", (request) => {
      const key = /Sec-WebSocket-Key: (.+)\r\n/u.exec(String(request))?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      for (const text of texts) socket.write(textFrame(text));
    });
  }).listen(0);
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const received: string[] = [];
  client.on("message", (data: Buffer, isBinary) => {
    expect(isBinary).toBe(false);
    received.push(data.toString());
    if (received.length === texts.length) client.terminate();
  });
  await once(client, "close");
  server.close();
  expect(received).toEqual(texts);
});
