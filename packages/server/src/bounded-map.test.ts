import { describe, expect, it } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

describe("a bounded map", () => {
  it("[D9] never holds more than its bound", () => {
    const map = new BoundedMap<number, number>(10);
    for (let key = 0; key < 1_000; key += 1) map.set(key, key);
    const held = Array.from({ length: 1_000 }, (_, key) => key).filter((key) => map.get(key) !== undefined);
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(10);
    expect(held.at(-1)).toBe(999);
  });

  it("keeps what is used", () => {
    const map = new BoundedMap<string, number>(10);
    map.set("dear", 1);
    for (let key = 0; key < 1_000; key += 1) {
      map.set(String(key), key);
      expect(map.get("dear")).toBe(1);
    }
  });

  it("gives the newest of what was set", () => {
    const map = new BoundedMap<string, number>(4);
    map.set("a", 1);
    for (const key of ["b", "c"]) map.set(key, 0);
    map.set("a", 2);
    expect(map.get("a")).toBe(2);
  });
});
