/** For tests: a bad network in front of a real server. */
export type { Faults, FaultSources } from "./fault-pipe.ts";
export { createFaultProxy, type Direction, type FaultProxy, type FaultProxyOptions } from "./fault-proxy.ts";
