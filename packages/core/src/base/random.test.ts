import { describe, expect, it, vi } from "vitest";
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

  it("never hands out the same bytes twice, however many are asked for at a time", () => {
    const hex = (length: number): string => Array.from(systemRandom.fill(new Uint8Array(length))).join();
    const drawn = Array.from({ length: 1_000 }, () => hex(8));
    expect(new Set(drawn).size).toBe(1_000);
    const [first, second] = [hex(5_000), hex(5_000)];
    expect(
      new Set([first.slice(0, 300), first.slice(-300), second.slice(0, 300), second.slice(-300)]).size,
    ).toBe(4);
  });

  it("says what is missing, and what to do, where the platform has no randomness", () => {
    vi.stubGlobal("crypto", undefined);
    expect(() => systemRandom.fill(new Uint8Array(2_000))).toThrow("import a polyfill first");
    vi.unstubAllGlobals();
  });
});
