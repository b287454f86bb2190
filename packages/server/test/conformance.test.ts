import { readFileSync } from "node:fs";
import { backendConformance } from "@tidings/core/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { WebSocket } from "ws";
import { createServer, type TidingsServer } from "../src/index.ts";

let server: TidingsServer | undefined;
beforeAll(async () => void (server = await createServer({ port: 0 })));
afterAll(() => server?.close());

describe("the reference server", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  backendConformance({
    ...{ describe, it, WebSocket },
    report(table) {
      const [summary = ""] = table.split("\n");
      if (!readme.includes(summary)) throw new Error(`README.md should say "${summary}"`);
    },
    name: "@tidings/server",
    url: () => server?.url ?? "",
    token: (userId) => server?.issueToken(userId),
    supports: { tokens: true, signals: true, receipts: true },
  });
});
