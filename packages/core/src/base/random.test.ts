import { describe, expect, it } from "vitest";
import { systemRandom } from "./random.ts";

describe("systemRandom", () => {
  it("gives numbers from 0 up to, and without, 1", () => {
    const drawn = Array.from({ length: 1_000 }, () => systemRandom.next());
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(990);
  });

  it("fills the bytes it is given and returns the same array", () => {
    const bytes = new Uint8Array(64);
    expect(systemRandom.fill(bytes)).toBe(bytes);
    expect(new Set(bytes).size).toBeGreaterThan(16);
  });
});
