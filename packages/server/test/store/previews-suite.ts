import { describe, expect, it } from "vitest";
import type { KeptPreview, PreviewTable } from "../../src/store/previews.ts";
import type { Workbench } from "./workbench.ts";

const kept = (key: string, expiresAt: number, title = "A page"): KeptPreview => ({
  ...{ key, expiresAt, preview: { title, description: "Grüße \u{1F600}" } },
  imageSource: "https://elsewhere.example/a.png",
});

/** What a store promises of what pages elsewhere have said. */
export function previewsSuite(bench: () => Workbench): void {
  const table = (): PreviewTable => {
    const { previews } = bench().store;
    if (!previews) throw new Error("the store keeps none");
    return previews;
  };

  describe("what pages elsewhere have said", () => {
    it("is kept as it was put last, and what said nothing too", async () => {
      expect(await table().find("a")).toBeUndefined();
      await Promise.all([table().put(kept("a", 5)), table().put(kept("a", 5))]);
      await table().put(kept("a", 7, "Another"));
      await table().put({ key: "b", expiresAt: 8 });
      expect(await table().find("a")).toEqual(kept("a", 7, "Another"));
      expect(await table().find("b")).toEqual({ key: "b", expiresAt: 8 });
    });

    it("is forgotten once it is out of date", async () => {
      for (const [key, at] of [
        ["a", 5],
        ["b", 6],
        ["c", 7],
      ] as const)
        await table().put(kept(key, at));
      expect(await table().forget(5)).toBe(0);
      expect(await table().forget(7)).toBe(2);
      expect(await table().forget(7)).toBe(0);
      expect(await table().find("b")).toBeUndefined();
      expect(await table().find("c")).toEqual(kept("c", 7));
    });
  });
}
