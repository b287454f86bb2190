import { describe, expect, it } from "vitest";
import { daysIn, lastDays, spanOf, timesOf } from "../src/lib/days.ts";
import { createFormats } from "../src/lib/formats.ts";

/** 23:30 UTC: in Berlin it is tomorrow already. */
const LATE = Date.UTC(2026, 10, 30, 23, 30);

describe("the days of figures", () => {
  it("are those of where one is, today among them", () => {
    expect(lastDays(1, LATE, 0)).toEqual({ from: "2026-11-30", to: "2026-11-30" });
    expect(lastDays(7, LATE, 60)).toEqual({ from: "2026-11-25", to: "2026-12-01" });
    expect(lastDays(2, LATE, -24 * 60)).toEqual({ from: "2026-11-28", to: "2026-11-29" });
  });

  it("are each of them, one after the other, a year at most", () => {
    expect(daysIn({ from: "2028-02-28", to: "2028-03-01" })).toEqual([
      "2028-02-28",
      "2028-02-29",
      "2028-03-01",
    ]);
    expect(daysIn(lastDays(366, LATE, 0))).toHaveLength(366);
    expect(daysIn(lastDays(367, LATE, 0))).toEqual([]);
    expect(daysIn({ from: "2026-11-30", to: "2026-11-29" })).toEqual([]);
    expect(daysIn({ from: "", to: "2026-11-29" })).toEqual([]);
  });

  it("begin at midnight where one is", () => {
    const { since, until } = timesOf({ from: "2026-11-30", to: "2026-11-30" }, 60);
    expect(new Date(since).toISOString()).toBe("2026-11-29T23:00:00.000Z");
    expect(until - since).toBe(86_400_000);
    for (const offset of [60, 0, -600])
      expect(spanOf(timesOf({ from: "2026-11-28", to: "2026-11-30" }, offset), offset)).toEqual({
        from: "2026-11-28",
        to: "2026-11-30",
      });
  });
});

describe("a time to answer", () => {
  it("is written in the unit people would use", () => {
    const { duration } = createFormats("en-GB");
    expect([1_500, 90_000, 5_400_000, 200_000_000].map(duration)).toEqual([
      "1.5 secs",
      "1.5 mins",
      "1.5 hrs",
      "55.6 hrs",
    ]);
  });
});
