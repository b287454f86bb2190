/** Run by `node --test`: a kit with a runner that is not vitest, whose process ends when nothing is left to do. */
import { describe, it } from "node:test";
import { createMemoryBackend } from "../../src/memory/backend.ts";
import { newId, sending } from "../../src/testing/dialled.ts";
import type { TransportBench } from "../../src/testing/transport-bench.ts";
import { transportConformance } from "../../src/testing/transport-conformance.ts";

const conversationId = "general";

function bench(): TransportBench {
  const memory = createMemoryBackend();
  const { faults } = memory;
  memory.act(
    "bob",
    { type: "participant.join", commandId: newId(), conversationId, at: 0 },
    { system: true },
  );
  return {
    transport: {
      ...memory.transport("ada"),
      supports: { pipelining: true, signals: false, receipts: false, search: true },
    },
    conversationId,
    token: undefined,
    backend: {
      say: (text) => memory.act("bob", sending(conversationId, text)),
      links: () => memory.links,
      hold: () => faults.hold(),
      release: () => faults.release(),
      refuseNext() {
        faults.refuseNext("server/unavailable", { retryAfterMs: 1_000 });
        return { code: "server/unavailable", retryAfterMs: 1_000 };
      },
      cut: () => faults.cut(),
      close: () => faults.cut(),
    },
  };
}

transportConformance({
  ...{ describe, it, create: bench },
  supports: {
    pipelining: true,
    signals: false,
    receipts: false,
    search: true,
    tokens: false,
    farewells: false,
  },
});
