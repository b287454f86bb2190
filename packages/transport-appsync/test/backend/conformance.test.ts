import { type TransportBench, transportConformance } from "@tidings/core/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { mark, newId, say } from "../harness.ts";
import { type DynamoDbLocal, hasJava, startDynamoDbLocal } from "./dynamodb-local.ts";
import { deploy } from "./deployment.ts";

const conversationId = "general";

describe.skipIf(!hasJava)("the backend that is deployed, on DynamoDB Local", () => {
  let local: DynamoDbLocal;
  beforeAll(async () => void (local = await startDynamoDbLocal()));
  afterAll(() => local.close());

  /** Bob is in the conversation. */
  const create = async (): Promise<TransportBench> => {
    const deployed = await deploy(local);
    const { endpoint, cut, close } = deployed;
    await deployed.backend({ field: "welcome", args: {}, userId: "bob" });
    await deployed.act("bob", { type: "participant.join", commandId: newId(), conversationId, at: 0 });
    const typing = { type: "typing", conversationId, active: true };
    return {
      transport: deployed.transport(),
      conversationId,
      token: "ada",
      badTokens: { "auth/expired": "old", "auth/invalid": "forged" },
      backend: {
        say: (text) => endpoint.act("bob", say(text)),
        type: () => endpoint.signal("bob", conversationId, typing),
        read: () => endpoint.act("bob", mark(1)),
        links: () => endpoint.links,
        hold: () => endpoint.hold(),
        release: () => endpoint.release(),
        refuseNext() {
          deployed.refuseNext(1_500);
          return { code: "server/unavailable", retryAfterMs: 1_500 };
        },
        garbleNext: () => endpoint.garbleNext(),
        cut,
        close,
      },
    };
  };

  transportConformance({
    ...{ describe, it, create, report: () => {} },
    name: "appSyncTransport to what is deployed",
    patienceMs: 30_000,
    supports: {
      ...{ pipelining: false, signals: true, receipts: true },
      ...{ tokens: true, farewells: false, garbling: true },
    },
  });
});
