import { MOST_FRAMES, parseClientFrames } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { createOutgoing } from "./outgoing.ts";

function setUp(maxBytes = 65_536) {
  const sent: string[] = [];
  const socket = { bufferedBytes: 100, send: (text: string) => void sent.push(text), close: () => {} };
  const ticks: number[] = [];
  const onSent = (): void => void ticks.push(sent.length);
  return { sent, ticks, outgoing: createOutgoing(socket, () => maxBytes, onSent) };
}

const ping = (n: number) => JSON.stringify({ type: "ping", n, seen: 0 });

describe("createOutgoing", () => {
  it("sends one frame as it is, at the end of the tick", async () => {
    const { outgoing, sent } = setUp();
    outgoing.push(ping(1));
    expect(sent).toEqual([]);
    await Promise.resolve();
    expect(sent).toEqual([ping(1)]);
  });

  it("sends the frames of one tick as one array, in order, and those of the next as another", async () => {
    const { outgoing, sent } = setUp();
    outgoing.push(ping(1));
    outgoing.push(ping(2));
    await Promise.resolve();
    outgoing.push(ping(3));
    outgoing.push(ping(4));
    await Promise.resolve();
    expect(sent).toEqual([`[${ping(1)},${ping(2)}]`, `[${ping(3)},${ping(4)}]`]);
  });

  it("puts no more frames into an array than the protocol allows", async () => {
    const { outgoing, sent } = setUp(10_000_000);
    for (let n = 1; n <= MOST_FRAMES + 1; n += 1) outgoing.push(ping(n));
    await Promise.resolve();
    expect(
      sent.map((text) => parseClientFrames(text)).map((parsed) => parsed.ok && parsed.frames.length),
    ).toEqual([MOST_FRAMES, 1]);
  });

  it("makes no array larger than the server takes, whatever is in it", async () => {
    const { outgoing, sent } = setUp(1_000);
    for (let n = 0; n < 40; n += 1) outgoing.push(JSON.stringify("ﷺ".repeat(n)));
    await Promise.resolve();
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(1_000);
    const read = sent.flatMap((text): unknown => JSON.parse(text));
    expect(read).toEqual(Array.from({ length: 40 }, (_, n) => "ﷺ".repeat(n)));
  });

  it("tells when a tick's frames are with the socket", async () => {
    const { outgoing, ticks } = setUp(20);
    for (const n of [1, 2, 3]) outgoing.push(ping(n));
    await Promise.resolve();
    expect(ticks.at(-1)).toBe(3);
  });

  it("counts what this tick has gathered as not sent", async () => {
    const { outgoing } = setUp();
    outgoing.push("12345");
    expect(outgoing.bufferedBytes).toBe(107);
    outgoing.flush();
    expect(outgoing.bufferedBytes).toBe(100);
  });
});
