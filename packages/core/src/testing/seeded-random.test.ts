import { describe, expect, it } from "vitest";
import { seededRandom } from "./seeded-random.ts";

describe("seededRandom", () => {
  it("is Mulberry32: these are the numbers other implementations give for seed 1", () => {
    const random = seededRandom(1);
    const drawn = [random.next(), random.next(), random.next()].map((number) => Math.round(number * 2 ** 32));
    expect(drawn).toEqual([2_693_262_067, 11_749_833, 2_265_367_787]);
  });

  it("repeats with the same seed and differs with another", () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });

  it("gives numbers from 0 up to, and without, 1, evenly", () => {
    const random = seededRandom(9);
    const drawn = Array.from({ length: 10_000 }, () => random.next());
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    const mean = drawn.reduce((sum, number) => sum + number, 0) / drawn.length;
    expect(mean).toBeCloseTo(0.5, 1);
  });

  it("fills bytes from the same stream and returns the same array", () => {
    const bytes = new Uint8Array(256);
    expect(seededRandom(1).fill(bytes)).toBe(bytes);
    expect(bytes).toEqual(seededRandom(1).fill(new Uint8Array(256)));
    expect(new Set(bytes).size).toBeGreaterThan(100);
  });
});
