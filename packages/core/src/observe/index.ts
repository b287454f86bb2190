/** `@tidings/core/observe`: what it takes to operate a client: metrics, health, a log to send, errors folded. */
export type { Heap } from "../base/heap.ts";
export {
  collectErrors,
  type ErrorLog,
  type ErrorLogOptions,
  type ErrorReport,
  type ErrorSink,
  type FoldedError,
} from "./error-log.ts";
export type { ClientHealth, HealthCode, HealthLevel, HealthReason, HealthThresholds } from "./health.ts";
export type { ClientLog, LogEntry, LogOptions } from "./log-ring.ts";
export type { ClientMetrics } from "./metrics.ts";
export type { Observation, Observer, Timed } from "./observation.ts";
export {
  createObservedClient,
  type Observed,
  type ObservedClient,
  type ObserveOptions,
  type Told,
} from "./observed-client.ts";
export type { Summary } from "./tallies.ts";
