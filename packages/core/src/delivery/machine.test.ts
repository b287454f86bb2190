import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceDelivery, type DeliveryEvent, type DeliveryStatus, deliveryTransitions } from "./machine.ts";

const every: Record<DeliveryStatus, true> = {
  queued: true,
  sending: true,
  sent: true,
  delivered: true,
  read: true,
  failed: true,
  cancelled: true,
};
const everyEvent: Record<DeliveryEvent, true> = {
  attempt: true,
  lost: true,
  acked: true,
  rejected: true,
  retry: true,
  cancel: true,
  delivered: true,
  read: true,
};

/** Spells its keys out again, which `Object.keys` forgets. */
function keysOf<Key extends string>(record: { readonly [K in Key]?: unknown }): Key[] {
  return Object.keys(record).filter((key): key is Key => key in record);
}

const statuses = keysOf(every);
const events = keysOf(everyEvent);
const pairs = statuses.flatMap((status) => events.map((event) => ({ status, event })));

/** How far along a status is, from where the backend has the message. */
const progress: Partial<Record<DeliveryStatus, number>> = { sent: 1, delivered: 2, read: 3 };
const isAccepted = (status: DeliveryStatus): boolean => status in progress;

const walk = (path: readonly DeliveryEvent[]): DeliveryStatus =>
  path.reduce<DeliveryStatus>(advanceDelivery, "queued");

describe("the delivery machine", () => {
  it("has exactly the statuses of its table", () => {
    expect(Object.keys(deliveryTransitions).sort()).toEqual([...statuses].sort());
  });

  it.each(pairs)("[D5] $status and $event: as the table says", ({ status, event }) => {
    const row: Partial<Record<DeliveryEvent, DeliveryStatus>> = deliveryTransitions[status];
    expect(advanceDelivery(status, event)).toBe(row[event] ?? status);
    expect(row[event]).not.toBe(status);
  });

  it("[D5] law 1: an event that does not apply changes nothing", () => {
    const moves = pairs.filter(({ status, event }) => advanceDelivery(status, event) !== status);
    expect(moves.map(({ status, event }) => `${status} ${event}`)).toEqual([
      "queued attempt",
      "queued acked",
      "queued rejected",
      "queued cancel",
      "sending lost",
      "sending acked",
      "sending rejected",
      "sent delivered",
      "sent read",
      "delivered read",
      "failed acked",
      "failed retry",
      "failed cancel",
      "cancelled acked",
    ]);
  });

  it("[D5] law 2: an ack always wins, whatever was believed before", () => {
    expect(
      statuses.map((status) => advanceDelivery(status, "acked")).filter((next) => !isAccepted(next)),
    ).toEqual([]);
    for (const status of ["queued", "sending", "failed", "cancelled"] as const) {
      expect(advanceDelivery(status, "acked")).toBe("sent");
    }
  });

  it("[D1] law 3: `lost` never loses a command, it is queued again", () => {
    expect(advanceDelivery("sending", "lost")).toBe("queued");
    fc.assert(
      fc.property(fc.array(fc.constantFrom<DeliveryEvent>("attempt", "lost")), (path) => {
        expect(["queued", "sending"]).toContain(walk(path));
      }),
    );
  });

  it("[D5] law 4: progress past `sent` is monotonic", () => {
    const backward = pairs.filter(({ status, event }) => {
      return (progress[advanceDelivery(status, event)] ?? 0) < (progress[status] ?? 0);
    });
    expect(backward).toEqual([]);
    expect(walk(["attempt", "acked", "read", "delivered"])).toBe("read");
  });

  it("[D5] on any path: accepted once means accepted for ever, and only an ack leads there", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (path) => {
        expect(isAccepted(walk(path))).toBe(path.includes("acked"));
      }),
      { numRuns: 1_000 },
    );
  });

  it("[D5] reaches every status, and ends for good only where a message was read", () => {
    const reached = new Set<DeliveryStatus>(["queued"]);
    for (const status of reached) for (const event of events) reached.add(advanceDelivery(status, event));
    expect(reached.size).toBe(statuses.length);
    const ends = statuses.filter((status) => Object.keys(deliveryTransitions[status]).length === 0);
    expect(ends).toEqual(["read"]);
  });
});
