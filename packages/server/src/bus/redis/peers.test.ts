import { describe, expect, it } from "vitest";
import { Peers } from "./peers.ts";

describe("peers", () => {
  it("[D4] notice what a node said and nobody heard, by its number", () => {
    const peers = new Peers();
    expect(peers.hear("a", 0, false, 0)).toBe(true);
    expect(peers.hear("a", 1, true, 0)).toBe(true);
    expect(peers.hear("a", 1, false, 0)).toBe(true);
    expect(peers.hear("a", 3, true, 0)).toBe(false);
    expect(peers.hear("a", 3, false, 0)).toBe(true);
    expect(peers.hear("a", 4, false, 0)).toBe(false);
  });

  it("[D4] know nothing of what a node said before it was first heard of", () => {
    const peers = new Peers();
    expect(peers.hear("a", 7, false, 0)).toBe(false);
    expect(peers.hear("b", 1, true, 0)).toBe(true);
  });

  it("[D4] take one that was silent for one never heard, and wait for it a while", () => {
    const peers = new Peers();
    peers.hear("a", 1, true, 0);
    peers.hear("b", 1, true, 0);
    expect(peers.sweep(4_999)).toEqual([]);
    peers.forget("b");
    expect(peers.sweep(5_000)).toEqual(["a"]);
    expect(peers.isAnySilent(6_000)).toBe(true);
    expect(peers.hear("a", 5, false, 7_000)).toBe(false);
    expect(peers.isAnySilent(7_000)).toBe(false);
    expect(peers.sweep(12_000)).toEqual(["a"]);
    expect(peers.isAnySilent(400_000)).toBe(false);
  });
});
