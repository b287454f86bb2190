import { expect, it } from "vitest";
import { Searches } from "./searches.ts";

it("remembers for half a minute what was found, for each person by themselves (row H2)", () => {
  let now = 0;
  const searches = new Searches<number>(() => now);
  const query = { type: "search", text: "x", limit: 5 } as const;
  const found = { places: [3, 2], next: "2" };
  searches.keep("ada", query, found);
  expect(searches.recall("ada", { limit: 5, text: "x", type: "search" })).toBe(found);
  for (const other of [
    { ...query, text: "y" },
    { ...query, after: "2" },
    { ...query, limit: 6 },
  ])
    expect(searches.recall("ada", other)).toBe(undefined);
  expect(searches.recall("bob", query)).toBe(undefined);
  now = 29_999;
  expect(searches.recall("ada", query)).toBe(found);
  now = 30_000;
  expect(searches.recall("ada", query)).toBe(undefined);
});
