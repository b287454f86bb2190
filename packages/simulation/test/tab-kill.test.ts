import { seededRandom } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { chromiumPath } from "../../../scripts/browser/chromium.ts";
import { killTabs } from "../src/chaos/tab-kills.ts";
import { replayable } from "../src/seeds.ts";

/** `npm run chaos -- --sends 1000` sends more. */
const MESSAGES = 200;

describe.skipIf(chromiumPath === undefined)("a tab that is killed", { timeout: 300_000 }, () => {
  it.each(replayable([1], 3))(
    "[D1, D2, D7] loses and doubles nothing, whenever that is (seed %i)",
    async (seed) => {
      const { promised, findings } = await killTabs({ messages: MESSAGES, random: seededRandom(seed) });
      expect(findings).toEqual([]);
      expect(promised).toBeGreaterThanOrEqual(MESSAGES);
    },
  );
});
