import { backendConformance, type TransportBench, transportConformance } from "@tidings/core/testing";
import { createFaultProxy } from "@tidings/server/testing";
import { webSocketTransport } from "@tidings/transport-ws";
import { apiGateway } from "@tidings/transport-ws/api-gateway";
import { afterAll, beforeAll, describe, it } from "vitest";
import { WebSocket } from "ws";
import { type Deployed, deploy } from "./deployed.ts";

const conversationId = "general";
let minted = 0;

function stamp() {
  minted += 1;
  const commandId = `019b796d-d600-7000-8000-${String(minted).padStart(12, "0")}`;
  return { commandId, conversationId, at: 0 };
}

/** Says as the gateway wants it what the kit says as the wire has it. */
class Enveloped extends WebSocket {
  override send(data: string): void {
    const route = data.includes('"submit"') ? "sendMessage" : "tidings";
    super.send(`{"action":"${route}","frames":${data}}`);
  }
}

describe("the handlers", () => {
  let deployed: Deployed | undefined;
  beforeAll(async () => void (deployed = await deploy()));
  afterAll(() => deployed?.close());

  backendConformance({
    ...{ describe, it, WebSocket: Enveloped, report: () => {} },
    name: "the handlers behind API Gateway",
    url: () => deployed?.address() ?? "",
    token: (userId) => userId,
    patienceMs: 10_000,
    supports: { tokens: true, signals: true, receipts: true },
  });
});

/** The shipped client, a network that can be broken, the gateway, the handlers. Bob is connected around the network. */
async function bench(): Promise<TransportBench> {
  const { gateway, handlers, dynamo, close } = await deploy();
  const proxy = await createFaultProxy({ target: { port: Number(new URL(gateway.url).port) } });
  const ticket = () => handlers.tickets.issue("anybody");
  const reach = (url: string) => webSocketTransport({ url, WebSocket, apiGateway: apiGateway({ ticket }) });
  const bob = await reach(gateway.url).open(
    { token: "bob", clientId: "bob", receive: () => {} },
    new AbortController().signal,
  );
  return {
    transport: reach(`${proxy.url}/test`),
    conversationId,
    token: "ada",
    badTokens: { "auth/invalid": "forgedx", "auth/expired": "old" },
    backend: {
      say: (text) => bob.submit({ type: "message.send", ...stamp(), kind: "text", content: { text } }),
      type: () => bob.signal({ type: "typing", conversationId, active: true }),
      read: () => bob.submit({ type: "receipt.mark", ...stamp(), readSeq: 1 }),
      links: () => gateway.connections.size - 1,
      hold: () => proxy.set({ blackHole: true }, "down"),
      release: () => proxy.heal(),
      refuseNext() {
        dynamo.faults.unwritten = "Chat";
        return { code: "server/unavailable", retryAfterMs: 1_000 };
      },
      cut() {
        proxy.refuse(false);
        proxy.reset();
      },
      async close() {
        bob.close();
        await proxy.close();
        await close();
      },
    },
  };
}

describe("the shipped client, through API Gateway, to the handlers", () => {
  transportConformance({
    ...{ describe, it, create: bench, report: () => {} },
    name: "webSocketTransport with apiGateway, to the handlers",
    patienceMs: 10_000,
    supports: { pipelining: false, signals: true, receipts: true, tokens: true, farewells: false },
  });
});
