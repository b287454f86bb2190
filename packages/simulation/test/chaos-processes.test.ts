import { seededRandom } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { chromiumPath } from "../../../scripts/browser/chromium.ts";
import { runChaos } from "../src/chaos/chaos.ts";

describe("real processes that are killed, cut off, and out of room", { timeout: 180_000 }, () => {
  it("[D1, D2, D3, D7] keep every message once, in one order, with its file, at the server, at all members and on their disks", async () => {
    const { chronicle, findings, letters } = await runChaos({
      seconds: 4,
      random: seededRandom(4),
      hasPage: chromiumPath !== undefined,
    });
    expect(findings).toEqual([]);
    const { promised, faults } = chronicle.counts();
    expect(promised).toBeGreaterThan(50);
    expect(letters).toBeGreaterThan(2);
    expect(faults["kill member"]).toBeGreaterThan(0);
  });
});
