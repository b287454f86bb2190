import { readFileSync } from "node:fs";
import { transportConformance, type TransportConformanceOptions } from "@tidings/core/testing";
import { describe, it } from "vitest";
import { httpBench } from "./http-bench.ts";
import { serverBench } from "./server-bench.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

const shared: Omit<TransportConformanceOptions, "create"> = {
  ...{ describe, it },
  report(table) {
    const [summary = ""] = table.split("\n");
    if (!readme.includes(summary)) throw new Error(`README.md should say "${summary}"`);
  },
  supports: { pipelining: true, signals: true, receipts: true, search: true, tokens: true, farewells: false },
};

describe("webSocketTransport", () => {
  const name = "webSocketTransport and @tidings/server";
  transportConformance({ ...shared, name, create: () => serverBench() });
});

describe("httpFallback", () => {
  const name = "httpFallback and @tidings/server";
  transportConformance({ ...shared, name, create: () => httpBench() });
});
