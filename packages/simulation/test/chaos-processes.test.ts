import { seededRandom } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { chromiumPath } from "../../../scripts/browser/chromium.ts";
import { PAGE_USER, runChaos } from "../src/chaos/chaos.ts";
import { ACTS } from "../src/chaos/deeds.ts";
import type { PlannedFault } from "../src/chaos/faults.ts";

/** One of each at least, whatever chance adds. */
const plan: readonly PlannedFault[] = [
  { name: "fill quota", userId: PAGE_USER },
  { name: "fill quota", userId: "ada" },
  { name: "kill server" },
  { name: "heal", userId: PAGE_USER },
  { name: "cut in mid-frame", userId: "bob" },
  { name: "crash page" },
  { name: "kill member" },
  { name: "cut", userId: "ada" },
  { name: "kill browser" },
];
const isOfPage = ({ name, userId }: PlannedFault): boolean =>
  userId === PAGE_USER || name === "crash page" || name === "kill browser";

const hasPage = chromiumPath !== undefined;

describe("real processes that are killed, cut off, and out of room", { timeout: 180_000 }, () => {
  it("[D1, D2, D3, D7] keep every message once, in one order, with its file, and whatever was done with it, at the server, at all members and on their disks", async () => {
    const { chronicle, findings, letters } = await runChaos({
      ...{ seconds: 2, random: seededRandom(4), hasPage, plan },
    });
    expect(findings).toEqual([]);
    const { promised, faults, deeds } = chronicle.counts();
    expect(promised).toBeGreaterThan(50);
    expect(letters).toBeGreaterThan(2);
    expect(Object.keys(deeds).sort()).toEqual([...ACTS, "poll", "reply"].sort());
    expect(Object.values(deeds).every((count) => count > 0)).toBe(true);
    const planned = plan.filter((each) => hasPage || !isOfPage(each)).map(({ name }) => name);
    expect(Object.keys(faults)).toEqual(expect.arrayContaining(planned));
    if (hasPage) expect(chronicle.refusals.map(({ userId }) => userId)).toContain(PAGE_USER);
  });
});
