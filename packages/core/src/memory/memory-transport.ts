import type { Transport } from "../ports/transport.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

export interface MemoryTransportOptions {
  /** Shared by the clients that are to meet; one of its own if absent. */
  readonly backend?: MemoryBackend;
  /** Who connects; see `MemoryBackend.transport`. */
  readonly userId?: string;
}

/** A chat with no server, for demonstrations and tests. */
export function memoryTransport({
  backend = createMemoryBackend(),
  userId,
}: MemoryTransportOptions = {}): Transport {
  return backend.transport(userId);
}
