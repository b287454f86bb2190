import { describe, expect, it } from "vitest";
import { chromiumPath } from "../../../scripts/browser/chromium.ts";
import { inPage } from "../bench/lib/page.ts";

describe.skipIf(chromiumPath === undefined)("a search in Chromium", { timeout: 60_000 }, () => {
  it("finds in IndexedDB what an earlier life has read, in the page and in a worker (row H1)", async () => {
    const fillers = Array.from({ length: 120 }, (_, index) => `filler ${index}`);
    const places = [
      ["the Argo was sighted", ...fillers],
      ["the Argo, again", "something else"],
    ];
    const found = await inPage("search", async (page) => {
      await page.evaluate((texts) => window.stored.fill(texts), places);
      const lives = [];
      for (const hasWorker of [false, true]) {
        await page.reload();
        const sought = [["argo", "argo sight", "filler 7", "what nobody said"]];
        const { kinds } = await page.evaluate(([all, beside]) => window.stored.search(all, beside), [
          sought,
          hasWorker,
        ] as const);
        lives.push({ found: kinds.flat().map((each) => each.found), workers: page.workers().length });
      }
      return lives;
    });
    const counts = [2, 1, 1, 0];
    expect(found).toEqual([
      { found: counts, workers: 0 },
      { found: counts, workers: 1 },
    ]);
  });
});
