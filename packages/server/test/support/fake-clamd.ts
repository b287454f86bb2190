import { createServer, type Server, type Socket } from "node:net";

/** EICAR's test file: harmless, and found by every scanner. In two halves, or scanners would find this source. */
export const EICAR: Buffer = Buffer.from(
  ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join(""),
);

export interface FakeClamd {
  readonly address: string;
  /** Bytes of each stream that came whole. */
  readonly streams: readonly Buffer[];
  /** Answers this instead; nothing at all if empty. */
  say(answer: string | undefined): void;
  close(): Promise<void>;
}

/** Speaks `zINSTREAM` as clamd does: chunks with their lengths, a zero, one answer that ends in NUL. */
export async function startFakeClamd(): Promise<FakeClamd> {
  const streams: Buffer[] = [];
  const sockets = new Set<Socket>();
  let instead: string | undefined;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const stream = streamIn(received);
      if (!stream) return;
      streams.push(stream);
      const answer = instead ?? (stream.includes(EICAR) ? "stream: Eicar-Signature FOUND" : "stream: OK");
      if (answer !== "") socket.end(`${answer}\0`);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    address: `tcp://127.0.0.1:${port}`,
    streams,
    say: (answer) => void (instead = answer),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const COMMAND = "zINSTREAM\0";

/** What was streamed, once it is whole. */
function streamIn(received: Buffer): Buffer | undefined {
  if (received.subarray(0, COMMAND.length).toString() !== COMMAND) return undefined;
  const chunks: Buffer[] = [];
  for (let at = COMMAND.length; at + 4 <= received.length;) {
    const length = received.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(received.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}
