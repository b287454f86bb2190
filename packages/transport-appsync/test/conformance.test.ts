import { readFileSync } from "node:fs";
import { createMemoryBackend } from "@tidings/core/memory";
import { type TransportBench, transportConformance } from "@tidings/core/testing";
import { describe, it } from "vitest";
import { WebSocket } from "ws";
import { type AppSyncTransportOptions, appSyncTransport } from "../src/index.ts";
import { eventsSignals } from "../src/events.ts";
import { serveEndpoint } from "./endpoint/serve.ts";
import { authenticate, mark, newId, say } from "./harness.ts";

const conversationId = "general";

/** HTTP and WebSockets of this machine, and behind them what AppSync would be. Bob is in the conversation. */
async function bench(isByEvents = false): Promise<TransportBench> {
  const memory = createMemoryBackend();
  const { endpoint, url, cut, close } = await serveEndpoint({ memory, authenticate });
  memory.act("bob", { type: "participant.join", commandId: newId(), conversationId, at: 0 });
  const typing = { type: "typing", conversationId, active: true };
  const another: Partial<AppSyncTransportOptions> = {
    credentials: "query",
    signals: eventsSignals({ endpoint: url.replace("/graphql", "/event") }),
  };
  return {
    transport: appSyncTransport({ endpoint: url, WebSocket, ...(isByEvents && another) }),
    conversationId,
    token: "ada",
    badTokens: { "auth/expired": "old", "auth/invalid": "forged" },
    backend: {
      say: (text) => endpoint.act("bob", say(text)),
      type: () => endpoint[isByEvents ? "publish" : "signal"]("bob", conversationId, typing),
      read: () => endpoint.act("bob", mark(1)),
      links: () => endpoint.links,
      hold: () => endpoint.hold(),
      release: () => endpoint.release(),
      refuseNext() {
        const refusal = { code: "server/unavailable", retryAfterMs: 1_500 } as const;
        memory.faults.refuseNext(refusal.code, { retryAfterMs: refusal.retryAfterMs });
        return refusal;
      },
      garbleNext: () => endpoint.garbleNext(),
      cut,
      close,
    },
  };
}

const supports = {
  pipelining: false,
  signals: true,
  receipts: true,
  tokens: true,
  farewells: false,
  garbling: true,
};

describe("appSyncTransport", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  transportConformance({
    ...{ describe, it, supports, create: () => bench() },
    name: "appSyncTransport",
    report(table) {
      const [summary = ""] = table.split("\n");
      if (!readme.includes(summary)) throw new Error(`README.md should say "${summary}"`);
    },
  });
});

describe("appSyncTransport, with what goes another way", () => {
  transportConformance({
    ...{ describe, it, supports, report: () => {} },
    name: "appSyncTransport, with the Events API and its credentials in the query",
    create: () => bench(true),
  });
});
