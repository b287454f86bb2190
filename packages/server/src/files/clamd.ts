import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Scan } from "./scan.ts";

/** What `clamd` takes by default in one `INSTREAM` (StreamMaxLength is 25 MB; this is one chunk of it). */
const CHUNK_BYTES = 64 * 1_024;
/** Its answers are a line; one that goes on is none. */
const LONGEST_ANSWER = 4_096;

/**
 * Scans with ClamAV's daemon, over its `INSTREAM`: files go to it as they are read, and are never written down there.
 *
 * @param address - `"tcp://127.0.0.1:3310"`, or the path of a socket: `"unix:///run/clamav/clamd.ctl"`.
 */
export function clamdScan(address: string): Scan {
  const url = new URL(address);
  const place: NetConnectOpts =
    url.protocol === "unix:"
      ? { path: url.pathname }
      : { host: url.hostname, port: Number(url.port || 3_310) };
  return async ({ bytes, signal }) => {
    const socket = connect(place);
    const cut = (): void => void socket.destroy(new Error("unable to scan the file; given up"));
    signal.addEventListener("abort", cut, { once: true });
    try {
      const answer = answerOf(socket);
      let isWhole = false;
      const sending = send(socket, bytes).then(() => {
        isWhole = true;
        return write(socket, lengthOf(0));
      });
      // It may answer, and hang up, in the middle: then what it says counts, not that nothing more can be written.
      const text = await Promise.race([answer, sending.then(() => answer)]);
      sending.catch(() => {});
      return verdictOf(text, isWhole);
    } finally {
      signal.removeEventListener("abort", cut);
      socket.destroy();
    }
  };
}

async function send(socket: Socket, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await write(socket, Buffer.from("zINSTREAM\0"));
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length; start += CHUNK_BYTES) {
      const part = chunk.subarray(start, start + CHUNK_BYTES);
      await write(socket, Buffer.concat([lengthOf(part.length), part]));
    }
  }
}

async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed) throw new Error("unable to scan the file; clamd hung up");
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve())); // how the socket ended, the answer says
}

function lengthOf(count: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(count);
  return length;
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes("\0") || text.length > LONGEST_ANSWER) resolve(text);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("unable to scan the file; clamd hung up without an answer")));
  });
}

/** Clean is only what it had all of, and said nothing else about. */
function verdictOf(answer: string, isWhole: boolean): "clean" | "infected" {
  if (answer === "stream: OK\0" && isWhole) return "clean";
  if (/^stream: .+ FOUND\0$/u.test(answer)) return "infected";
  throw new Error("unable to scan the file; clamd answers with an error");
}
