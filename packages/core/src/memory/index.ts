/** A chat with no server: storage and backend in memory. */
export {
  createMemoryBackend,
  type MemoryBackend,
  type MemoryBackendOptions,
  type MemoryConversation,
} from "./backend.ts";
export type {
  CommandFaults,
  CutOptions,
  MemoryFaults,
  PruneOptions,
  PushFilter,
  RefuseOptions,
} from "./faults.ts";
export type { FileRequest } from "./files.ts";
export { memoryTransport, type MemoryTransportOptions } from "./memory-transport.ts";
export { memoryStorage } from "./storage.ts";
export type { Authenticate, Identity } from "./transport.ts";
