import { expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

it("answers quantiles within 5 %, also of what several processes have counted", () => {
  const [one, other] = [new Histogram(), new Histogram()];
  for (let ms = 1; ms <= 500; ms += 1) one.add(ms);
  for (let ms = 501; ms <= 1_000; ms += 1) other.add(ms);
  one.merge(other.take());
  expect(one.total).toBe(1_000);
  for (const share of [0.1, 0.5, 0.95, 0.99, 1]) {
    const quantile = one.quantile(share) ?? 0;
    expect(quantile / (share * 1_000)).toBeGreaterThan(0.999);
    expect(quantile / (share * 1_000)).toBeLessThan(1.051);
  }
});

it("has no quantiles of nothing, and is empty once its counts were taken", () => {
  const histogram = new Histogram();
  expect(histogram.quantile(0.5)).toBeUndefined();
  histogram.add(0);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.01);
  histogram.take();
  expect(histogram.total).toBe(0);
});
