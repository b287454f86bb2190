import { describe, expect, it } from "vitest";
import { uuid } from "../protocol/schema.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createIds } from "./ids.ts";

const START_MS = Date.UTC(2026, 0, 1);

function isAscending(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || (ids[index - 1] ?? "") < id);
}

describe("createIds", () => {
  it("makes UUIDs of version 7 whose first 48 bits are the time", () => {
    const next = createIds(virtualClock(START_MS), seededRandom(1));
    const id = next();
    expect(uuid.safeParse(id).success).toBe(true);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(START_MS);
    expect(id[14]).toBe("7");
    expect("89ab").toContain(id[19]);
  });

  it("ascends within one millisecond, beyond the 4,096 its counter holds", () => {
    const next = createIds(virtualClock(START_MS), seededRandom(2));
    const ids = Array.from({ length: 10_000 }, next);
    expect(isAscending(ids)).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => uuid.safeParse(id).success)).toBe(true);
  });

  it("ascends while the clock goes back, jumps and stands still", async () => {
    const clock = virtualClock(START_MS);
    const next = createIds(clock, seededRandom(3));
    const ids: string[] = [];
    for (const stepMs of [0, 5, -3_600_000, 0, 1, 3_599_994, 1, 1, 7_200_000, -1]) {
      await clock.advance(stepMs);
      ids.push(next(), next());
    }
    expect(isAscending(ids)).toBe(true);
  });

  it("returns to the clock's time once the clock has caught up", async () => {
    const clock = virtualClock(START_MS);
    const next = createIds(clock, seededRandom(4));
    for (let made = 0; made < 5_000; made += 1) next(); // one millisecond ahead now
    await clock.advance(10);
    expect(Number.parseInt(next().replaceAll("-", "").slice(0, 12), 16)).toBe(START_MS + 10);
  });

  it("makes valid ids of a clock that counts fractions, or starts at zero", () => {
    for (const startMs of [0, 0.5, 1234.75]) {
      const next = createIds(virtualClock(startMs), seededRandom(5));
      expect([next(), next()].every((id) => uuid.safeParse(id).success)).toBe(true);
    }
  });

  it("differs between makers at the same moment, and repeats with the same seed", () => {
    const make = (seed: number): string => createIds(virtualClock(START_MS), seededRandom(seed))();
    expect(make(1)).not.toBe(make(2));
    expect(make(1)).toBe(make(1));
  });
});
