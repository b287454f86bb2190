import { describe, expect, it } from "vitest";
import type { UploadTicket } from "../protocol/files.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import {
  advance,
  isOver,
  MOST_FAILURES,
  newJob,
  next,
  partsOf,
  type UploadEvent,
  type UploadJob,
  type UploadStep,
} from "./machine.ts";

const HOUR_MS = 3_600_000;
const PART = 100;

const subject = {
  ...{ fileId: "f", conversationId: "general", name: "a.bin", size: 950, mediaType: "image/png" },
  createdAt: 0,
};

function ticket(received: readonly number[] = [], partBytes = PART, expiresAt = HOUR_MS): UploadTicket {
  const parts = Array.from({ length: Math.ceil(subject.size / partBytes) }, (_, index) => ({
    ...{ number: index + 1, url: `https://files/${index + 1}`, headers: {} },
  }));
  return { fileId: "f", partBytes, parts, received, expiresAt };
}

/** The job after these events, all at one time. */
function after(events: readonly UploadEvent[], now = 0, from = newJob(subject)): UploadJob {
  return events.reduce((job, event) => advance(job, event, { now, chance: 0.5 }), from);
}

const began: readonly UploadEvent[] = [
  { type: "stored" },
  { type: "asked" },
  { type: "ticket", ticket: ticket() },
];

const puts = (steps: readonly UploadStep[]): number[] =>
  steps.flatMap((step) => (step.type === "put" ? step.part : []));

const sending = (part: number): UploadEvent[] => [
  { type: "departed", part },
  { type: "arrived", part, etag: `e${part}` },
];

const everyPart = Array.from({ length: 10 }, (_, index) => sending(index + 1)).flat();

describe("the machine of an upload", () => {
  it("does nothing before its bytes are stored, then asks for a ticket", () => {
    expect(next(newJob(subject), 0, 3)).toEqual([]);
    expect(next(after([{ type: "stored" }]), 0, 3)).toEqual([{ type: "ask", query: "upload" }]);
    expect(next(after([{ type: "stored" }, { type: "asked" }]), 0, 3)).toEqual([]);
  });

  it("puts all parts, completes, waits for the look, and is ready", () => {
    const all = after([...began, ...everyPart]);
    expect(all.phase).toBe("completing");
    expect(next(all, 0, 3)).toEqual([{ type: "ask", query: "complete" }]);
    const file = { fileId: "f", mediaType: "image/png", size: 950 };
    const looked = after(
      [{ type: "asked" }, { type: "state", file: { ...file, state: "scanning" } }],
      0,
      all,
    );
    expect(next(looked, 0, 3)).toEqual([{ type: "wait", untilMs: 1_000 }]);
    expect(next(looked, 1_000, 3)).toEqual([{ type: "ask", query: "state" }]);
    expect(after([{ type: "state", file: { ...file, state: "ready" } }], 0, looked).phase).toBe("ready");
  });

  it("[U3] puts no part that is out, and none that the backend has", () => {
    const job = after([...began, { type: "departed", part: 1 }, ...sending(2)]);
    expect(puts(next(job, 0, 99))).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(puts(next(job, 0, 2))).toEqual([3, 4]);
    const renewed = after([...began.slice(0, 2), { type: "ticket", ticket: ticket([1, 2, 3]) }]);
    expect(puts(next(renewed, 0, 99))).toEqual([4, 5, 6, 7, 8, 9, 10]);
  });

  it("[U4] asks how a file is doing of which nothing may be put any more: it is complete, or was refused", () => {
    const over = { ...ticket(), parts: [] };
    const job = after([{ type: "stored" }, { type: "asked" }, { type: "ticket", ticket: over }]);
    expect(next(job, 0, 3)).toEqual([{ type: "ask", query: "complete" }]);
  });

  it("[U5] believes the ticket: what it has not is put again, and parts of another size are other parts", () => {
    const job = after([...began, ...sending(1), ...sending(2)]);
    const forgot = after([{ type: "ticket", ticket: ticket([2]) }], 0, job);
    expect([...forgot.sent]).toEqual([[2, "e2"]]);
    const other = after([{ type: "ticket", ticket: ticket([1], 500) }], 0, job);
    expect([...other.sent]).toEqual([[1, ""]]);
    expect(partsOf(other)).toBe(2);
    expect(after([{ type: "ticket", ticket: ticket([1, 2], 500) }], 0, job).phase).toBe("completing");
  });

  it("[U6] puts nothing under a ticket that is about to end, and asks for another after a refused signature", () => {
    const job = after(began);
    expect(next(job, HOUR_MS - 30_001, 1)).toMatchObject([{ type: "put" }]);
    expect(next(job, HOUR_MS - 30_000, 1)).toEqual([{ type: "ask", query: "upload" }]);
    const stale = after(
      [
        { type: "departed", part: 1 },
        { type: "returned", part: 1, isStale: true },
      ],
      0,
      job,
    );
    expect(next(stale, stale.notBefore, 1)).toEqual([{ type: "ask", query: "upload" }]);
  });

  it("[U7] waits longer after each failure, no sooner than it was told, and counts what comes back together once", () => {
    const back = (part: number, retryAfterMs?: number): UploadEvent => ({
      ...{ type: "returned", part, isStale: false, retryAfterMs },
    });
    const out: UploadEvent[] = [1, 2, 3].map((part) => ({ type: "departed", part }));
    const together = after([...began, ...out, back(1), back(2), back(3)]);
    expect(together.failures).toBe(1);
    expect(together.notBefore).toBe(250);
    const again = after([{ type: "departed", part: 1 }, back(1)], 250, together);
    expect(again).toMatchObject({ failures: 2, notBefore: 750 });
    const told = after([{ type: "departed", part: 1 }, back(1, 90_000)], 750, again);
    expect(told).toMatchObject({ failures: 2, notBefore: 90_750 });
    expect(next(told, 750, 3)).toEqual([{ type: "wait", untilMs: 90_750 }]);
  });

  it("[U8] is refused after too many failures in a row, and goes on where it was when it is resumed", () => {
    let job = after([...began, ...sending(1)]);
    for (let count = 1; count <= MOST_FAILURES; count += 1) {
      expect(job.phase).toBe("uploading");
      job = after(
        [
          { type: "departed", part: 2 },
          { type: "returned", part: 2, isStale: false },
        ],
        job.notBefore,
        job,
      );
    }
    expect(job).toMatchObject({ phase: "refused", code: "upload/failed" });
    const resumed = after([{ type: "resume" }], 0, job);
    expect(resumed).toMatchObject({ phase: "waiting", failures: 0, code: undefined });
    expect([...resumed.sent.keys()]).toEqual([1]);
  });

  it("[U8] counts neither questions that no link could take nor what failed before there was one again", () => {
    let job = after([{ type: "stored" }]);
    for (let count = 0; count < 50; count += 1) job = after([{ type: "asked" }, { type: "unasked" }], 0, job);
    expect(job).toMatchObject({ phase: "waiting", failures: 0 });
    job = after([{ type: "asked" }, { type: "unanswered" }], 0, job);
    expect(job.failures).toBe(1);
    expect(after([{ type: "online" }], 0, job)).toMatchObject({ failures: 0, notBefore: 0 });
  });

  it("[U9] does nothing while it is paused, and forgets what was out", () => {
    const paused = after([...began, { type: "departed", part: 1 }, { type: "pause" }]);
    expect(paused).toMatchObject({ phase: "paused", ticket: undefined });
    expect(paused.flying.size).toBe(0);
    expect(next(paused, 0, 3)).toEqual([]);
    expect(after([{ type: "arrived", part: 1, etag: "late" }], 0, paused).sent.size).toBe(0);
    expect(next(after([{ type: "resume" }], 0, paused), 0, 3)).toEqual([{ type: "ask", query: "upload" }]);
  });

  it("[U1] completes what was all there before the answer about another ticket came", () => {
    const late = HOUR_MS - 10_000;
    const all = everyPart.filter((event) => event.type !== "arrived" || event.part !== 10);
    const last = after([...began, ...all]);
    expect(next(last, late, 1)).toEqual([{ type: "ask", query: "upload" }]);
    const renewed: UploadEvent = { type: "ticket", ticket: ticket([1, 2, 3], PART, 2 * HOUR_MS) };
    const job = after([{ type: "asked" }, { type: "arrived", part: 10, etag: "e10" }, renewed], late, last);
    expect(next(job, late, 1)).toEqual([{ type: "ask", query: "complete" }]);
  });

  it("asks for another ticket when the backend has not all, or what it has is damaged", () => {
    const all = after([...began, ...everyPart, { type: "asked" }]);
    const open = { fileId: "f", state: "open", mediaType: "image/png", size: 950 } as const;
    for (const event of [{ type: "state", file: open }, { type: "damaged" }] as const) {
      const job = after([event], 0, all);
      expect(next(job, job.notBefore, 3)).toEqual([{ type: "ask", query: "upload" }]);
    }
  });

  it("[U1, U3, U7, U8, U9] keeps its laws under any events in any order, and always has something to do or to wait for", () => {
    const random = seededRandom(3);
    const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random.next() * all.length)];
    for (let round = 0; round < 100; round += 1) {
      let job = newJob(subject);
      let now = 0;
      for (let turn = 0; turn < 60; turn += 1) {
        const part = 1 + Math.floor(random.next() * 10);
        const state = pick(["open", "scanning", "ready", "refused"] as const) ?? "open";
        const event = pick<UploadEvent>([
          ...([
            { type: "stored" },
            { type: "asked" },
            { type: "pause" },
            { type: "resume" },
            { type: "online" },
            { type: "due" },
          ] as const),
          ...([{ type: "unasked" }, { type: "unanswered" }, { type: "damaged" }] as const),
          { type: "ticket", ticket: ticket([part, part + 1].filter((each) => each <= 10)) },
          { type: "ticket", ticket: { ...ticket(), parts: [] } },
          { type: "departed", part: puts(next(job, now, 1))[0] ?? part },
          { type: "arrived", part: pick([...job.flying]) ?? part, etag: "e" },
          { type: "returned", part: pick([...job.flying]) ?? part, isStale: random.next() < 0.5 },
          { type: "state", file: { fileId: "f", state, mediaType: "image/png", size: 950 } },
        ]);
        if (!event) continue;
        job = advance(job, event, { now, chance: random.next() });
        if (["ticket", "state", "unasked", "unanswered", "damaged"].includes(event.type) && !isOver(job))
          expect([event.type, job.isAsking]).toEqual([event.type, false]); // or it would never ask again
        const steps = next(job, now, 2);
        expect(puts(steps).filter((each) => job.flying.has(each) || job.sent.has(each))).toEqual([]);
        expect(puts(steps).length).toBeLessThanOrEqual(2);
        const isIdle = ["storing", "paused"].includes(job.phase) || isOver(job);
        if (isIdle) expect(steps).toEqual([]);
        else expect(steps.length > 0 || job.isAsking || job.flying.size > 0).toBe(true);
        now += Math.floor(random.next() * 5_000);
      }
    }
  });
});
