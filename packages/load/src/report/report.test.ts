import { describe, expect, it } from "vitest";
import { isClean, type LoadResult } from "../result.ts";
import type { Row } from "../measure/row.ts";
import { renderReport } from "./report.ts";
import { formatResult } from "./text.ts";

const faultless = { lost: 0, duplicated: 0, reordered: 0, skipped: 0, unanswered: 0, disorder: 0 };

const row = (at: number, more: Partial<Row>): Row => ({
  ...{ at, online: 20, said: 10, accepted: 10, delivered: 50, refused: 0, waiting: 0, behindMs: 0 },
  servers: [
    { name: "node 1", cpu: 10 * at, memoryBytes: 100_000_000 },
    { name: "node 2", cpu: 40, memoryBytes: 200_000_000 * at },
  ],
  ...more,
});

const attempts = { first: 10, second: 2, later: 0, failedAgain: 0 };

const clean: LoadResult = {
  load: {
    ...{ url: "ws://chat", clients: 20, rooms: 4, perSecond: 10, seconds: 3, bytes: 120, leastRecalled: 0.9 },
  },
  ...{ rampSeconds: 1, said: 30, accepted: 30, delivered: 150, refused: {} },
  verdict: { faults: faultless, complaints: [] },
  deliveryMs: { p50: 1.5, p95: 20, p99: 333 },
  ackMs: { p50: 2.5, p95: 30, p99: 444 },
  recalled: { hits: 95, misses: 5 },
  disturbances: [{ name: "a <node> is killed", at: 2, actionSeconds: 1, recoverySeconds: 4.5, attempts }],
  // In the second second nothing was delivered.
  rows: [
    row(1, { p50: 1, p95: 10, p99: 100 }),
    row(2, { delivered: 0 }),
    row(3, { p50: 10, p95: 100, p99: 1_000 }),
  ],
};

const spoilt = (faults: Partial<typeof faultless>): LoadResult => ({
  ...clean,
  verdict: { faults: { ...faultless, ...faults }, complaints: ["message 7 by <ada>: unanswered"] },
});

/** The lines of a plot, each as the heights of its points, from the bottom (0) to the top (1) of what is drawn. */
function linesOf(page: string, title: string): readonly (readonly number[])[] {
  const [, svg = ""] = new RegExp(`aria-label="${title}">(.*?)</svg>`, "su").exec(page) ?? [];
  const grid = [...svg.matchAll(/class="grid"[^>]* y1="([\d.]+)"/gu)].map(([, y]) => Number(y));
  const [bottom, top] = [Math.max(...grid), Math.min(...grid)];
  return [...svg.matchAll(/<path class="line[^"]*" d="([^"]+)"/gu)].map(([, path = ""]) =>
    [...path.matchAll(/[ML][\d.]+ ([\d.]+)/gu)].map(
      ([, y]) => Math.round((100 * (bottom - Number(y))) / (bottom - top)) / 100,
    ),
  );
}

const tile = (name: string, value: string, kind = ""): string =>
  `<div class="tile ${kind}"><b>${value}</b><span>${name}</span></div>`;

describe("the report of a run", () => {
  const page = renderReport(clean);

  it("draws the percentiles of delivery second by second, with a gap where nothing was delivered", () => {
    // Up the side 1, 10, 100, 1000 ms.
    expect(linesOf(page, "Delivery")).toEqual([
      [0, 0.33],
      [0.33, 0.67],
      [0.67, 1],
    ]);
    expect(page.match(/d="M[^"]*M[^"]*"/gu)).toHaveLength(3);
    for (const name of ["p50", "p95", "p99"]) expect(page).toContain(`</i>${name}</span>`);
  });

  it("draws each server's processor and memory", () => {
    expect(linesOf(page, "Processor")).toEqual([
      [0.25, 0.5, 0.75],
      [1, 1, 1],
    ]);
    expect(linesOf(page, "Memory")).toEqual([
      [0.17, 0.17, 0.17],
      [0.33, 0.67, 1],
    ]);
    for (const name of ["node 1", "node 2"]) expect(page).toContain(`</i>${name}</span>`);
  });

  it("says what was lost, doubled and out of order, and the percentiles of all of it", () => {
    for (const name of ["lost", "duplicated", "reordered", "skipped", "unanswered"])
      expect(page).toContain(tile(name, "0", "good"));
    expect(page).toContain(tile("delivery, p99", "333 ms"));
    expect(page).toContain(tile("answer, p50", "2.5 ms"));
    expect(page).toContain("<h1>Nothing lost, doubled or out of order</h1>");
    const bad = renderReport(spoilt({ lost: 1_234, duplicated: 2, reordered: 3, disorder: 4 }));
    for (const [name, value] of [
      ["lost", "1,234"],
      ["duplicated", "2"],
      ["reordered", "7"],
    ] as const)
      expect(bad).toContain(tile(name, value, "bad"));
    expect(bad).toContain("<h1>Something was lost");
    expect(bad).toContain("message 7 by &lt;ada&gt;: unanswered");
  });

  it("marks what was done to the server, and says how it was got over", () => {
    expect(page.match(/<title>a &lt;node&gt; is killed<\/title>/gu)).toHaveLength(6);
    expect(page).toMatch(/<td>4.5 s<\/td><td>10<\/td><td>2<\/td><td>0<\/td><td>0<\/td>/u);
  });

  it("says how much was answered from memory, and of too little that it is", () => {
    expect(page).toContain(tile("answered from memory", "95.0 %"));
    expect(formatResult(clean)).toContain("answered from memory: 95.0 % of 100");
    const forgetful = { ...clean, recalled: { hits: 89, misses: 11 } };
    expect(isClean(forgetful)).toBe(false);
    expect(renderReport(forgetful)).toContain(tile("answered from memory", "89.0 %", "bad"));
    expect(formatResult(forgetful)).toContain("89.0 % of 100; at least 90.0 % were to be");
    expect(isClean({ ...clean, recalled: { hits: 0, misses: 0 } })).toBe(false);
  });
});

describe("a run", () => {
  it("is clean if nothing was lost, all was got over, and nobody failed at a second try", () => {
    const [disturbance] = clean.disturbances;
    if (!disturbance) throw new Error("none");
    expect(isClean(clean)).toBe(true);
    for (const name of ["lost", "duplicated", "reordered", "skipped", "unanswered", "disorder"] as const)
      expect(isClean(spoilt({ [name]: 1 }))).toBe(false);
    expect(isClean({ ...clean, disturbances: [{ ...disturbance, recoverySeconds: undefined }] })).toBe(false);
    const failed = { ...disturbance, attempts: { ...attempts, later: 1, failedAgain: 1 } };
    expect(isClean({ ...clean, disturbances: [failed] })).toBe(false);
    expect(formatResult({ ...clean, disturbances: [failed] })).toContain("failed at a second try: 1");
  });
});
