/**
 * How something is. `warning`: it works, and somebody should look. `critical`: people notice.
 */
export type HealthLevel = "healthy" | "warning" | "critical";

/** One thing that was looked at. */
export interface HealthCheck {
  readonly level: HealthLevel;
  /** Why it is not healthy. Says nothing of addresses, users or errors: the page may be public. */
  readonly reason?: string;
}

export type CheckName = "server" | "store" | "bus" | "eventLoop" | "memory" | "links" | "errors";

/** How the server is, and why. */
export interface Health {
  /** The worst of the checks. */
  readonly level: HealthLevel;
  /** It takes new links: neither draining nor without its database. */
  readonly isReady: boolean;
  readonly version: string;
  readonly uptimeMs: number;
  readonly connections: number;
  readonly checks: Readonly<Record<CheckName, HealthCheck>>;
}

const order: readonly HealthLevel[] = ["healthy", "warning", "critical"];

/** 0 for healthy, 1 for a warning, 2 for critical. */
export function severity(level: HealthLevel): number {
  return order.indexOf(level);
}

export function worst(checks: Iterable<HealthCheck>): HealthLevel {
  let level: HealthLevel = "healthy";
  for (const check of checks) if (severity(check.level) > severity(level)) level = check.level;
  return level;
}

export const healthy: HealthCheck = Object.freeze({ level: "healthy" });

/** From where on something is a warning, and critical; the alerts of `deploy/prometheus` begin at the same. */
export const thresholds = {
  /** Answers of the server's own failure, of all. */
  errors: { warning: 0.05, critical: 0.5 },
  /** The database's answer to a small question, and a commit. */
  storeMs: { warning: 1_000, critical: 2_000 },
  /** How late the event loop comes, at its 99th percentile. */
  loopLateMs: { warning: 100, critical: 1_000 },
  /** The part of the memory that is taken. */
  memory: { warning: 0.8, critical: 0.95 },
  /** Attempts to connect that were refused. */
  refused: { warning: 0.1, critical: 0.5 },
  /** The part of the connections there may be. */
  connections: { warning: 0.8, critical: 1 },
} as const;

/** @param tell - what the value means, for a reader. */
export function judge(
  value: number,
  { warning, critical }: { readonly warning: number; readonly critical: number },
  tell: (value: number) => string,
): HealthCheck {
  if (value >= critical) return { level: "critical", reason: tell(value) };
  return value >= warning ? { level: "warning", reason: tell(value) } : healthy;
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
