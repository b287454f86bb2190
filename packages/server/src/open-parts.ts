import { MessagingError } from "@tidings/core/errors";
import type { Bus } from "./bus/bus.ts";
import { inProcessBus } from "./bus/in-process-bus.ts";
import type { ShareRates } from "./engine/rates.ts";
import { systemClock } from "./gateway/system-clock.ts";
import { type EventLog, silentLog } from "./log.ts";
import type { Meter } from "./observe/meter.ts";
import type { PromMeter } from "./observe/prom-meter.ts";
import type { Settings } from "./options.ts";
import { openLibsqlStore } from "./store/libsql/libsql-store.ts";
import { openPostgresStore } from "./store/open-postgres-store.ts";
import type { Store } from "./store/store.ts";

/** Whatever goes wrong inside is logged, and counted. */
export function failures(log: EventLog, meter: Meter): (what: string, error: unknown) => void {
  return (what, error) => {
    meter.add("failure", what);
    log.error({ what, err: error }, "failure");
  };
}

/** Loaded by those who use it. */
export async function openMetrics({ metricsPort }: Settings): Promise<PromMeter | undefined> {
  if (metricsPort === undefined) return undefined;
  const { createPromMeter } = await import("./observe/prom-meter.ts");
  return createPromMeter(systemClock.now);
}

export async function openStore(
  { dataFile, database, log: given, ...settings }: Settings,
  meter: Meter,
  { migrate = true }: { readonly migrate?: boolean } = {},
): Promise<Store> {
  const log: EventLog = given ?? silentLog;
  const onDefect = (error: unknown): void => {
    meter.add("failure", "apply");
    log.error({ what: "apply", err: error }, "defect");
  };
  const onNewerSchema = (migrations: readonly string[]): void => log.warn({ migrations }, "newer schema");
  const { databaseReplica, databaseConnections, statementTimeoutMs } = settings;
  try {
    if (database === undefined)
      return openLibsqlStore({ onDefect, onNewerSchema, ...(dataFile !== undefined && { file: dataFile }) });
    const onFailure = (error: unknown): void => {
      meter.add("failure", "database");
      log.warn({ what: "database", err: error }, "connection lost");
    };
    return await openPostgresStore({
      ...{ url: database, onDefect, onFailure, onNewerSchema, migrate },
      onRecalled: (what, isHit) => meter.add(isHit ? "cacheHit" : "cacheMiss", what),
      ...(databaseReplica !== undefined && { replicaUrl: databaseReplica }),
      ...(databaseConnections !== undefined && { connections: databaseConnections }),
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/** Loaded by those who use it, like the driver of the database. */
export async function openBus({ bus, redis, log: given }: Settings, meter: Meter): Promise<Shared> {
  const log: EventLog = given ?? silentLog;
  if (bus || redis === undefined) return { bus: bus ?? inProcessBus() };
  const { openRedis } = await import("./bus/redis/redis-bus.ts");
  return openRedis({
    ...{ url: redis, clock: systemClock },
    onFailure: (error) => {
      meter.add("failure", "bus");
      log.warn({ what: "bus", err: error }, "connection lost");
    },
  });
}

/** The same ports, traced if somebody wants that. */
export async function traced(
  { tracer }: Settings,
  store: Store,
  bus: Bus,
): Promise<{ readonly store: Store; readonly bus: Bus }> {
  if (!tracer) return { store, bus };
  const { Tracing } = await import("./observe/tracing.ts");
  const tracing = new Tracing(tracer);
  return { store: tracing.store(store), bus: tracing.bus(bus) };
}

/** What several nodes share; one alone shares nothing. */
export interface Shared {
  readonly bus: Bus;
  readonly share?: ShareRates;
}

export function unavailable(error: unknown): MessagingError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MessagingError("server/unavailable", { message: `unable to start; ${reason}`, cause: error });
}
