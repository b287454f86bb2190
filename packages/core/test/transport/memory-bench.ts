import { MessagingError } from "../../src/errors/messaging-error.ts";
import { createMemoryBackend } from "../../src/memory/backend.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { newId, sending } from "../../src/testing/dialled.ts";
import type { TransportBench } from "../../src/testing/transport-bench.ts";

const conversationId = "general";

/** `memoryTransport` and its backend, in the hand of the kit. */
export async function memoryBench(): Promise<TransportBench> {
  const backend = createMemoryBackend({
    authenticate(token) {
      if (token === "good" || token === "bob") return { userId: token, expiresInMs: 60_000 };
      throw new MessagingError(token === "old" ? "auth/expired" : "auth/invalid");
    },
  });
  const bob = await backend
    .transport()
    .open({ token: "bob", clientId: "bob", receive: () => {} }, new AbortController().signal);
  const { faults } = backend;
  const onTheWay = { isGarbling: false };
  const farewell = { code: "server/draining", retryAfterMs: 400 } as const;
  return {
    transport: losesAnswers(backend.transport(), onTheWay),
    conversationId,
    token: "good",
    badTokens: { "auth/expired": "old", "auth/invalid": "forged" },
    backend: {
      say: (text) => bob.submit(sending(conversationId, text)),
      type: () => bob.signal({ type: "typing", conversationId, active: true }),
      read: () =>
        bob.submit({ type: "receipt.mark", commandId: newId(), conversationId, at: 0, readSeq: 1_000 }),
      links: () => backend.links - 1,
      hold: () => faults.hold(),
      release: () => faults.release(),
      refuseNext() {
        const refusal = { code: "server/unavailable", retryAfterMs: 1_500 } as const;
        faults.refuseNext(refusal.code, { retryAfterMs: refusal.retryAfterMs });
        return refusal;
      },
      garbleNext: () => void (onTheWay.isGarbling = true),
      cut: () => faults.cut({ userId: "good" }),
      end() {
        faults.cut({ userId: "good", ...farewell });
        return farewell;
      },
      close: () => faults.cut(),
    },
  };
}

/** What a sound transport does with an answer nobody can read. */
function losesAnswers({ supports, open }: Transport, onTheWay: { isGarbling: boolean }): Transport {
  return {
    supports,
    async open(request, signal) {
      const link = await open(request, signal);
      return {
        ...link,
        async submit(command) {
          const ack = await link.submit(command);
          if (!onTheWay.isGarbling) return ack;
          onTheWay.isGarbling = false;
          link.close();
          throw new MessagingError("connection/lost");
        },
      };
    },
  };
}
