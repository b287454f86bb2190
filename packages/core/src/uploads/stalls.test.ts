import { describe, expect, it } from "vitest";
import { virtualClock } from "../testing/virtual-clock.ts";
import type { PartRequest, PartSender } from "./put-part.ts";
import { withoutStalls } from "./stalls.ts";

const MINUTE_MS = 60_000;
const BYTES = 400_000;

/** Puts a part that is answered when told. */
function outbound() {
  const clock = virtualClock(0);
  const flight = new AbortController();
  const moved: number[] = [];
  const out: { request?: PartRequest; answer?: () => void } = {};
  const send: PartSender = (request) =>
    new Promise((resolve, reject) => {
      out.request = request;
      out.answer = () => resolve({ type: "arrived", etag: "a" });
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
  const outcome = withoutStalls(
    send,
    clock,
  )({
    ...{ url: "https://files/1", headers: {}, body: new ArrayBuffer(BYTES), signal: flight.signal },
    onProgress: (bytes) => moved.push(bytes),
  }).then(
    ({ type }) => type,
    (cause: Error) => cause.message,
  );
  const now = (): Promise<string> => Promise.race([outcome, clock.settle().then(() => "is out")]);
  return { clock, flight, moved, out, now };
}

describe("a part that is out", () => {
  it("[U17] is given up a minute after it was last seen to move", async () => {
    const { clock, out, now, moved } = outbound();
    for (let bytes = 1; bytes <= 10; bytes += 1) {
      await clock.advance(MINUTE_MS - 1);
      out.request?.onProgress(bytes);
    }
    expect([await now(), moved.length]).toEqual(["is out", 10]);
    await clock.advance(MINUTE_MS - 1);
    expect(await now()).toBe("is out");
    await clock.advance(1);
    expect(await now()).toBe("the part gets nowhere");
  });

  it("[U17] that nobody sees move has as long as the slowest link takes beside", async () => {
    const { clock, now } = outbound();
    await clock.advance(MINUTE_MS + BYTES / 4 - 1);
    expect(await now()).toBe("is out");
    await clock.advance(1);
    expect(await now()).toBe("the part gets nowhere");
  });

  it("is called off when its sender is, for the same reason, and leaves no timer behind", async () => {
    const [called, arrived] = [outbound(), outbound()];
    called.flight.abort(new Error("called off"));
    arrived.out.answer?.();
    expect([await called.now(), await arrived.now()]).toEqual(["called off", "arrived"]);
    expect([called.clock.timers, arrived.clock.timers]).toEqual([0, 0]);
  });

  it("does not leave when it was called off before", async () => {
    const signal = AbortSignal.abort(new Error("called off"));
    const send: PartSender = async (request) => {
      request.signal.throwIfAborted();
      return { type: "failed" };
    };
    const part = { url: "https://files/1", headers: {}, body: new ArrayBuffer(1), onProgress: () => {} };
    await expect(withoutStalls(send, virtualClock(0))({ ...part, signal })).rejects.toThrow("called off");
  });
});
