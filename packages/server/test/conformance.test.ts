import { backendConformance } from "@tidings/core/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { WebSocket } from "ws";
import { createServer, type TidingsServer } from "../src/index.ts";

let server: TidingsServer | undefined;
beforeAll(async () => void (server = await createServer({ port: 0 })));
afterAll(() => server?.close());

describe("the reference server", () => {
  backendConformance({
    ...{ describe, it, WebSocket, report: () => {} },
    name: "@tidings/server",
    url: () => server?.url ?? "",
    token: (userId) => server?.issueToken(userId),
    supports: { tokens: true, signals: true, receipts: true },
  });
});
