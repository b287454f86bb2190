import { readFileSync } from "node:fs";
import { transportConformance } from "@tidings/core/testing";
import { describe, it } from "vitest";
import { serverBench } from "./server-bench.ts";

describe("webSocketTransport", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  transportConformance({
    ...{ describe, it, create: () => serverBench() },
    report(table) {
      const [summary = ""] = table.split("\n");
      if (!readme.includes(summary)) throw new Error(`README.md should say "${summary}"`);
    },
    name: "webSocketTransport and @tidings/server",
    supports: { pipelining: true, signals: true, receipts: true, tokens: true, farewells: false },
  });
});
