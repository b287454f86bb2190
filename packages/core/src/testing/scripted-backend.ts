import { MessagingError } from "../errors/messaging-error.ts";
import { createMemoryBackend, type MemoryBackend } from "../memory/backend.ts";
import type { Transport } from "../ports/transport.ts";
import { newId, sending } from "./dialled.ts";
import type { TransportBackend, TransportBench } from "./transport-bench.ts";

/** A backend in memory that does as the kit for transports says, to be put behind what yours speaks. */
export interface ScriptedBackend {
  /** Opens the links (`memory.transport()`), by the tokens of the bench. */
  readonly memory: MemoryBackend;
  /**
   * What `create` of `transportConformance` gives.
   *
   * @param wire - what is done where your wire is, not in the backend: `close`, `cut` and `garbleNext` as a rule.
   */
  bench(transport: Transport, wire?: Partial<TransportBackend>): TransportBench;
}

const conversationId = "general";
const USER = "ada";
const OTHER = "bob";
const badTokens = { "auth/expired": "old", "auth/invalid": "forged" } as const;
const refusal = { code: "server/unavailable", retryAfterMs: 1_500 } as const;
const farewell = { code: "server/draining", retryAfterMs: 400 } as const;

/**
 * With it, a bench for `transportConformance` is a server for your wire and a line.
 *
 * @example
 * async function create() {
 *   const scripted = await scriptedBackend();
 *   const server = await startMyServer(scripted.memory);
 *   return scripted.bench(myTransport(server.url), { cut: () => server.cut(), close: () => server.close() });
 * }
 */
export async function scriptedBackend(): Promise<ScriptedBackend> {
  const memory = createMemoryBackend({
    authenticate(token) {
      if (token === USER || token === OTHER) return { userId: token, expiresInMs: 60_000 };
      throw new MessagingError(token === badTokens["auth/expired"] ? "auth/expired" : "auth/invalid");
    },
  });
  const { faults } = memory;
  const request = { token: OTHER, clientId: OTHER, receive: () => {} };
  const other = await memory.transport().open(request, new AbortController().signal);
  const backend: TransportBackend = {
    say: (text) => other.submit(sending(conversationId, text)),
    type: () => other.signal({ type: "typing", conversationId, active: true }),
    read: () =>
      other.submit({ type: "receipt.mark", commandId: newId(), conversationId, at: 0, readSeq: 1_000 }),
    links: () => memory.links - 1,
    hold: () => faults.hold(),
    release: () => faults.release(),
    refuseNext() {
      faults.refuseNext(refusal.code, { retryAfterMs: refusal.retryAfterMs });
      return refusal;
    },
    cut: () => faults.cut({ userId: USER }),
    end() {
      faults.cut({ userId: USER, ...farewell });
      return farewell;
    },
    close: () => faults.cut(),
  };
  return {
    memory,
    bench: (transport, wire) => ({
      ...{ transport, conversationId, token: USER, badTokens },
      backend: { ...backend, ...wire },
    }),
  };
}
