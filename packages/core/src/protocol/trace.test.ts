import { isSpanContextValid, TraceFlags } from "@opentelemetry/api";
import { expect, it } from "vitest";
import { createIds } from "../base/ids.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { traceOf } from "./trace.ts";

it("makes of each command id a trace that OpenTelemetry takes, and of no two the same", () => {
  const nextId = createIds({ now: () => 0, after: () => () => {} }, seededRandom(1));
  const traces = Array.from({ length: 1_000 }, () => traceOf(nextId()));
  expect(traces.filter((trace) => !isSpanContextValid({ ...trace, traceFlags: TraceFlags.NONE }))).toEqual(
    [],
  );
  expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(1_000);
  expect(new Set(traces.map(({ spanId }) => spanId)).size).toBe(1_000);
});
