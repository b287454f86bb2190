import { afterEach, expect, it } from "vitest";
import { readHeap } from "./heap.ts";

afterEach(() => void Reflect.deleteProperty(globalThis.performance, "memory"));

it("reads what Chromium tells, and says nothing where nobody tells", () => {
  expect(readHeap()).toBeUndefined();
  const memory = { usedJSHeapSize: 10, totalJSHeapSize: 20, jsHeapSizeLimit: 40 };
  Object.defineProperty(globalThis.performance, "memory", { configurable: true, value: memory });
  expect(readHeap()).toEqual({ usedBytes: 10, limitBytes: 40 });
});
