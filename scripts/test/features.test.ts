import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readWorkspace } from "../architecture/workspace.ts";
import { features, featuresPage, shownIn } from "../docs/features.ts";

describe("the features", () => {
  const shown = shownIn(readWorkspace(".").files);

  it("are in docs/features.md as the titles of the tests have them", async () => {
    expect(readFileSync("docs/features.md", "utf8")).toBe(await featuresPage("."));
  });

  it("are each shown by a test, and no test shows another", () => {
    expect(Object.keys(features).filter((row) => !shown.some((each) => each.row === row))).toEqual([]);
    expect(shown.filter(({ row }) => !(row in features))).toEqual([]);
  });
});
