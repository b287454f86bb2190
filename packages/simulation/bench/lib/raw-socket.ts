import { randomBytes } from "node:crypto";
import { connect } from "node:net";

/** A WebSocket read as bytes: it charges a server with nothing but what the server sent. */
export interface RawSocket {
  /** Text frames, masked as RFC 6455 asks of clients; written as one chunk. */
  send(...texts: readonly string[]): void;
  close(): void;
}

export interface RawSocketOptions {
  readonly port: number;
  readonly path: string;
  /** Called with each chunk after the handshake, frame headers included. Not copied: read it now. */
  readonly onChunk: (chunk: Buffer) => void;
}

/** What all sockets read into: each chunk is read before the next one comes. */
const READ_INTO = Buffer.alloc(256 * 1_024);

/** Connects and upgrades. Bench only: it checks nothing but the status line. */
export function openRawSocket({ port, path, onChunk }: RawSocketOptions): Promise<RawSocket> {
  return new Promise((resolve, reject) => {
    let read = awaitUpgrade((rest, error) => {
      if (error) return reject(error);
      read = onChunk;
      resolve({
        send: (...texts) => void socket.write(Buffer.concat(texts.map(maskedText))),
        close: () => socket.destroy(),
      });
      if (rest.length > 0) onChunk(rest);
    });
    const callback = (length: number): true => (read(READ_INTO.subarray(0, length)), true);
    const onread = { buffer: READ_INTO, callback };
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread }, () => {
      const key = randomBytes(16).toString("base64");
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
    socket.once("error", reject);
  });
}

/** Reads the answer to the handshake, and tells what came with it. */
function awaitUpgrade(done: (rest: Buffer, error?: Error) => void): (chunk: Buffer) => void {
  let head = Buffer.alloc(0);
  return (chunk) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const status = head.subarray(0, head.indexOf("\r\n")).toString();
    done(head.subarray(end + 4), status.includes(" 101 ") ? undefined : new Error(`no upgrade: ${status}`));
  };
}

/** One masked text frame. The mask is zero: allowed, and the cheapest for both sides to apply. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14);
  header[0] = 0x81;
  if (length < 126) header[1] = 0x80 | length;
  else if (length < 65_536) {
    header[1] = 0x80 | 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, payload]);
}

/** Counts a needle in a stream of chunks, also where a chunk ends inside it. */
export function createCounter(needle: string): { (chunk: Buffer): number } {
  const bytes = Buffer.from(needle);
  let tail = Buffer.alloc(0);
  return (chunk) => {
    let found = 0;
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, chunk.subarray(0, bytes.length - 1)]);
      if (seam.includes(bytes)) found += 1;
    }
    for (let at = chunk.indexOf(bytes); at >= 0; at = chunk.indexOf(bytes, at + bytes.length)) found += 1;
    tail = Buffer.from(chunk.subarray(Math.max(0, chunk.length - bytes.length + 1)));
    return found;
  };
}
