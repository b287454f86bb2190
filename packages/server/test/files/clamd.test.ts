import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { clamdScan } from "../../src/files/clamd.ts";

const CHUNK = Buffer.alloc(65_536, 1);
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Has a scanner that does as it is told look through so many chunks. */
async function scanned(chunks: number, onLink: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onLink(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const bytes = (async function* () {
    for (let count = 0; count < chunks; count += 1) yield CHUNK;
  })();
  const about = { fileId: "f", name: "a", mediaType: "text/plain", conversationId: "a", ownerId: "ada" };
  const { signal } = new AbortController();
  return clamdScan(`tcp://127.0.0.1:${port}`)({ ...about, size: chunks * CHUNK.length, bytes, signal });
}

/** Answers once all is there. @param pauseMs - of its reading, after each bit. */
const whole =
  (chunks: number, answer: string, pauseMs?: number) =>
  (socket: Socket): void => {
    let left = "zINSTREAM\0".length + chunks * (4 + CHUNK.length) + 4;
    socket.on("data", (bytes: Buffer) => {
      left -= bytes.length;
      if (left === 0) return void socket.end(answer);
      if (pauseMs === undefined) return;
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    });
  };

it("takes for clean only what the scanner has had all of (row M4)", async () => {
  expect(await scanned(2, whole(2, "stream: OK\0"))).toBe("clean");
  const early = (socket: Socket): void => void socket.write("stream: OK\0");
  await expect(scanned(400, early)).rejects.toThrow("clamd answers with an error");
});

it("takes for clean nothing that the scanner says more of (row M4)", async () => {
  for (const answer of ["stream: OK\0stream: OK\0", "1: stream: OK\0", `stream: OK${"!".repeat(5_000)}`])
    await expect(scanned(1, whole(1, answer))).rejects.toThrow("clamd answers with an error");
  for (const answer of ["stream: OK", "stream: O", ""])
    await expect(scanned(1, whole(1, answer))).rejects.toThrow("hung up without an answer");
});

it("waits for a scanner that is slow to read, and for nothing twice", async () => {
  const warnings: Error[] = [];
  const heed = (warning: Error): void => void warnings.push(warning);
  process.on("warning", heed);
  expect(await scanned(400, whole(400, "stream: OK\0", 1))).toBe("clean");
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", heed);
  expect(warnings).toEqual([]);
});
