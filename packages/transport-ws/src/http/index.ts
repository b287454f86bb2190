/** Links over HTTP, for networks that block WebSockets, and a circuit breaker for HTTP calls. */
export { type BreakerOptions, type CircuitBreaker, createCircuitBreaker } from "./breaker.ts";
export type { BreakerPolicy, BreakerState } from "./breaker-machine.ts";
export { type HttpFallback, httpFallback, type HttpFallbackOptions } from "./http-fallback.ts";
export type { Fetch } from "./post.ts";
export type { Way } from "./way.ts";
