import type { ClientMetrics } from "./metrics.ts";

/** How well a client is. */
export type HealthLevel = "healthy" | "warning" | "critical";

/** What is not as it should be, and what would help. */
export interface HealthReason {
  readonly code: HealthCode;
  readonly level: Exclude<HealthLevel, "healthy">;
  /** For developers, in English. */
  readonly reason: string;
  readonly recommendation: string;
}

/** What there is to worry about; `docs/guides/observability.md` says when. */
export type HealthCode =
  | "blocked"
  | "offline"
  | "unstable"
  | "queue-old"
  | "queue-failed"
  | "slow-answers"
  | "refusals"
  | "gaps"
  | "not-durable"
  | "storage-failing"
  | "slow-storage"
  | "slow-rendering"
  | "memory";

/** The worst of its reasons. */
export interface ClientHealth {
  readonly level: HealthLevel;
  readonly reasons: readonly HealthReason[];
}

/** From where on something is worth a word, in ms or as a share; the first is a warning, the second critical. */
export interface HealthThresholds {
  readonly offlineMs: readonly [number, number];
  readonly queueAgeMs: readonly [number, number];
  readonly answerMs: readonly [number, number];
  readonly refusals: readonly [number, number];
  readonly gapMs: readonly [number, number];
  readonly closedPerMinute: readonly [number, number];
  readonly storageMs: readonly [number, number];
  readonly renderMs: readonly [number, number];
  readonly memory: readonly [number, number];
}

const defaultThresholds: HealthThresholds = {
  offlineMs: [10_000, 3_600_000],
  queueAgeMs: [30_000, 300_000],
  answerMs: [2_000, 10_000],
  refusals: [0.05, 0.25],
  gapMs: [10_000, 60_000],
  closedPerMinute: [3, 10],
  storageMs: [100, 1_000],
  renderMs: [50, 200],
  memory: [0.8, 0.95],
};

/** Fewer answers than this say nothing about a share. */
const FEW = 20;

interface Check {
  readonly code: HealthCode;
  /** `undefined`: nothing to judge. */
  readonly value: number | undefined;
  readonly limits: readonly [warning: number, critical: number];
}

/** What is wrong, and what would help. */
const advice: Readonly<Record<HealthCode, readonly [reason: string, recommendation: string]>> = {
  blocked: [
    "the connection needs the app: credentials, or a newer version",
    "look at the error in client.connection, sign the person in or update, then call connect()",
  ],
  offline: [
    "there has been no link for a while; what is written waits",
    "show that the app is offline; check network and address if it never succeeds",
  ],
  unstable: [
    "links end soon after they were opened",
    "look for a proxy with a short timeout, or a server that restarts; compare heartbeatMs",
  ],
  "queue-old": [
    "a command has been waiting for long, although there is a link",
    "look at its error in client.outbox; it goes out as soon as the backend takes it",
  ],
  "queue-failed": [
    "commands have failed and wait for the person to decide",
    "offer client.outbox.retry(id) and cancel(id)",
  ],
  "slow-answers": ["the backend takes long to answer", "look at the server's commit times and its load"],
  refusals: [
    "many commands are refused for good",
    "look at client.errors by code; hide what conversation.may() denies",
  ],
  gaps: [
    "changes are missing and could not be fetched yet",
    "look at the queries that fail, in client.log at the level debug",
  ],
  "not-durable": [
    "what is written does not survive this page",
    "tell the person not to close it while messages wait; a private window has no storage",
  ],
  "storage-failing": [
    "reading or writing on this device has failed",
    "look at the causes in client.errors; fallbackStorage goes on in memory",
  ],
  "slow-storage": [
    "writing on this device is slow, and a message leaves only when it is written",
    "prefer indexedDbStorage to localStorageStorage; keep other writers off the database",
  ],
  "slow-rendering": [
    "what arrives takes long to be drawn",
    "draw timeline.window() rather than the whole timeline, and memoise rows",
  ],
  memory: [
    "the page is running out of memory",
    "lower maxMessages; drop handles and windows that are not on the screen",
  ],
};

/**
 * A pure function of what was measured.
 *
 * @param hasStorage - the app gave one, and expects it to keep things.
 */
export function healthOf(
  metrics: ClientMetrics,
  now: number,
  hasStorage: boolean,
  given: Partial<HealthThresholds> = {},
): ClientHealth {
  const thresholds = { ...defaultThresholds, ...given };
  const reasons = [...linkChecks(metrics, now, thresholds), ...deviceChecks(metrics, hasStorage, thresholds)]
    .flatMap(judge)
    .sort((one, other) => Number(other.level === "critical") - Number(one.level === "critical"));
  return { level: reasons[0]?.level ?? "healthy", reasons };
}

function judge({ code, value, limits: [warning, critical] }: Check): HealthReason[] {
  if (value === undefined || value < warning) return [];
  const [reason, recommendation] = advice[code];
  return [{ code, level: value < critical ? "warning" : "critical", reason, recommendation }];
}

/** For a fact rather than a figure: it is so, or it is not. */
const CRITICAL = [0, 0] as const;
const WARNING = [0, Infinity] as const;

function when(holds: boolean): number | undefined {
  return holds ? 0 : undefined;
}

function since(at: number | undefined, now: number): number | undefined {
  return at === undefined ? undefined : now - at;
}

function linkChecks(
  { connection, queue, sent, received }: ClientMetrics,
  now: number,
  { offlineMs, closedPerMinute, queueAgeMs, answerMs, refusals, gapMs }: HealthThresholds,
): readonly Check[] {
  const { name } = connection;
  const answers = sent.accepted + sent.refused;
  const isLinked = name === "online"; // what waits for the link is no trouble of its own
  const refused = answers < FEW ? undefined : sent.refused / answers;
  return [
    { code: "blocked", value: when(name === "blocked"), limits: CRITICAL },
    { code: "offline", value: since(connection.downSince, now), limits: offlineMs },
    { code: "unstable", value: connection.closedPerMinute, limits: closedPerMinute },
    { code: "queue-old", value: isLinked ? since(queue.oldestAt, now) : undefined, limits: queueAgeMs },
    { code: "queue-failed", value: when(queue.failed > 0), limits: WARNING },
    { code: "slow-answers", value: sent.answerMs?.p95, limits: answerMs },
    { code: "refusals", value: refused, limits: refusals },
    { code: "gaps", value: since(received.gapSince, now), limits: gapMs },
  ];
}

function deviceChecks(
  { storage, renderMs, listenersMs, memory }: ClientMetrics,
  hasStorage: boolean,
  thresholds: HealthThresholds,
): readonly Check[] {
  const isInMemory = storage.durability === "memory";
  const drawn = Math.max(renderMs?.p95 ?? 0, listenersMs?.p95 ?? 0);
  const used = memory && memory.usedBytes / memory.limitBytes;
  return [
    { code: "not-durable", value: when(hasStorage && isInMemory), limits: WARNING },
    { code: "storage-failing", value: when(storage.failuresPerMinute > 0 && !isInMemory), limits: WARNING },
    { code: "slow-storage", value: storage.writeMs?.p95, limits: thresholds.storageMs },
    { code: "slow-rendering", value: drawn, limits: thresholds.renderMs },
    { code: "memory", value: used, limits: thresholds.memory },
  ];
}
