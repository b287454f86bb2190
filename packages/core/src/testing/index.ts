/** For tests of applications and adapters: time and chance that obey, contracts to be held to. Depends on no test runner. */
export {
  backendConformance,
  type BackendConformanceOptions,
  type BackendExpectations,
} from "./backend-conformance.ts";
export type { KitSocket } from "./backend-peer.ts";
export { type BindingDriver, type BindingPart, bindingText, type BindingView } from "./binding-bench.ts";
export { bindingConformance, type BindingConformanceOptions } from "./binding-conformance.ts";
export { countListeners, type ListenerCount } from "./count-listeners.ts";
export { deliveryTransitions } from "../delivery/machine.ts";
export { type FaultyTransport, faultyTransport, type LinkFaults } from "./faulty-transport.ts";
export type { TestRunner } from "./kit.ts";
export { type ScriptedBackend, scriptedBackend } from "./scripted-backend.ts";
export { seededRandom } from "./seeded-random.ts";
export type { StorageBench, StorageExpectations } from "./storage-bench.ts";
export { storageConformance, type StorageConformanceOptions } from "./storage-conformance.ts";
export type { Refused, TransportBackend, TransportBench } from "./transport-bench.ts";
export {
  transportConformance,
  type TransportConformanceOptions,
  type TransportExpectations,
} from "./transport-conformance.ts";
export { virtualClock, type VirtualClock } from "./virtual-clock.ts";
