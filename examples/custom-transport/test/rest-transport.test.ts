import { createClient, MessagingError } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { type TransportBench, transportConformance } from "@tidings/core/testing";
import { describe, expect, it, vi } from "vitest";
import { startRestBackend } from "../backend.ts";
import { restTransport } from "../rest-transport.ts";

const conversationId = "general";

/** What Bob does; the rest of a command is filled in. */
type Draft =
  | { readonly type: "participant.join" }
  | { readonly type: "message.send"; readonly kind: "text"; readonly content: { readonly text: string } };

const startMemory = () =>
  createMemoryBackend({
    authenticate(token) {
      if (token === "ada" || token === "bob") return { userId: token };
      throw new MessagingError(token === "old" ? "auth/expired" : "auth/invalid");
    },
  });

/** What the kit wants: the transport, and a hand on the backend at its other end. */
async function bench(): Promise<TransportBench> {
  const memory = startMemory();
  const backend = await startRestBackend(memory);
  let acts = 0;
  const bob = (draft: Draft): void => {
    const commandId = `019b796d-d600-7000-8000-${String((acts += 1)).padStart(12, "0")}`;
    memory.act("bob", { ...draft, commandId, conversationId, at: 0 });
  };
  bob({ type: "participant.join" });
  return {
    transport: restTransport(backend),
    conversationId,
    token: "ada",
    badTokens: { "auth/expired": "old", "auth/invalid": "forged" },
    backend: {
      say: (text) => bob({ type: "message.send", kind: "text", content: { text } }),
      links: () => backend.links,
      hold: () => memory.faults.hold(),
      release: () => memory.faults.release(),
      refuseNext() {
        const refusal = { code: "server/unavailable", retryAfterMs: 1_500 } as const;
        memory.faults.refuseNext(refusal.code, { retryAfterMs: refusal.retryAfterMs });
        return refusal;
      },
      garbleNext: () => backend.garbleNext(),
      cut: () => backend.cut(),
      close: () => backend.close(),
    },
  };
}

describe("restTransport", () => {
  transportConformance({
    ...{ describe, it, create: bench },
    name: "restTransport",
    supports: {
      pipelining: false,
      signals: false,
      receipts: false,
      search: true,
      tokens: true,
      farewells: false,
      garbling: true,
    },
    report: () => {},
  });

  it("carries a chat of two", async () => {
    const backend = await startRestBackend(startMemory());
    const [ada, bob] = ["ada", "bob"].map((auth) =>
      createClient({ transport: restTransport(backend), auth }),
    );
    if (!ada || !bob) throw new Error("unable to begin");
    await Promise.all([ada.connect(), bob.connect()]);
    const seen = () =>
      bob
        .conversation(conversationId)
        .timeline.get()
        .items.slice()
        .flatMap((item) =>
          item.type === "message" && "text" in item.message.content ? [item.message.content.text] : [],
        );
    for (const text of ["hello", "bob"]) await (await ada.conversation(conversationId).send(text)).settled();
    await vi.waitFor(() => expect(seen()).toEqual(["hello", "bob"]));
    await Promise.all([ada.close(), bob.close()]);
    await backend.close();
  });
});
