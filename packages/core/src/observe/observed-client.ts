import { type Clock, systemClock } from "../base/clock.ts";
import { guarded } from "../base/guarded.ts";
import { type Heap, readHeap } from "../base/heap.ts";
import type { Observable } from "../base/observable.ts";
import { createClient } from "../client/create-client.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, ClientOptions } from "../client/types.ts";
import type { CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { ConnectionState } from "../connection/machine.ts";
import { consoleLogger } from "../ports/logger.ts";
import { collectErrors, type ErrorLog, type ErrorLogOptions } from "./error-log.ts";
import { createGauge } from "./gauge.ts";
import { type ClientHealth, healthOf, type HealthThresholds } from "./health.ts";
import { type ClientLog, createLog, type LogOptions } from "./log-ring.ts";
import { logObservations } from "./log-observations.ts";
import { createMeasure, type Sources } from "./measure.ts";
import { measuredStorage } from "./measured-storage.ts";
import { measuredTransport } from "./measured-transport.ts";
import type { ClientMetrics } from "./metrics.ts";
import type { Observer } from "./observation.ts";

/** How a client is observed. */
export interface ObserveOptions {
  /** Told of everything that is seen, such as `openTelemetry()` of `@tidings/core/otel`. */
  readonly observers?: readonly Observer[];
  readonly errors?: ErrorLogOptions;
  readonly log?: LogOptions;
  /** Where health begins to worry. */
  readonly thresholds?: Partial<HealthThresholds>;
  /** How often those who listen to `metrics` and `health` are told at most. Default 1 s. */
  readonly everyMs?: number;
  /** For what is told every so often. Default: the client's. */
  readonly clock?: Clock;
  /** What the page's memory is. Default: what Chromium tells. */
  readonly memory?: () => Heap | undefined;
}

/** What the app knows and a client cannot see. */
export interface Told {
  /** Something of the chat was drawn, and how long that took: from React's `Profiler`, for one. */
  rendered(tookMs: number): void;
  /** A message is on the screen: ends its trace. */
  displayed(messageId: string): void;
}

/** What an observed client has beside what every client has. */
export interface Observed {
  readonly metrics: Observable<ClientMetrics>;
  readonly health: Observable<ClientHealth>;
  readonly log: ClientLog;
  readonly errors: ErrorLog;
  readonly told: Told;
}

/** A client, and what it takes to operate it. */
export type ObservedClient<Schemas extends CustomSchemas = JsonCustom> = Client<Schemas> & Observed;

const EVERY_MS = 1_000;

/**
 * A client, and what it takes to operate it: `metrics`, `health`, `log` and `errors`. It is the client `createClient` makes,
 * seen from its edges: nothing of this is in a client that is made without.
 *
 * @throws {MessagingError} `client/misused` without a transport
 *
 * @example
 * ```ts
 * import { createObservedClient } from "@tidings/core/observe";
 * import { memoryTransport } from "@tidings/core/memory";
 *
 * const client = createObservedClient({ transport: memoryTransport() });
 * client.health.subscribe(({ level, reasons }) => console.log(level, reasons));
 * ```
 */
export function createObservedClient<Schemas extends CustomSchemas = JsonCustom>(
  options: ClientOptions<Schemas>,
  observe: ObserveOptions = {},
): ObservedClient<Schemas> {
  const { clock = systemClock, logger: next = consoleLogger(), storage, tabs, transport } = options;
  const { log, logger } = createLog(clock.now, next, observe.log);
  const observers: Observer[] = [...(observe.observers ?? []), logObservations(logger)];
  const failed = new Set<Observer>();
  const tell: Observer = (seen) => {
    for (const observer of observers) {
      const onError = (error: unknown): void => {
        if (!failed.has(observer)) logger("error", "observer.failed", { error });
        failed.add(observer); // said once
      };
      guarded(() => observer(seen), onError);
    }
  };
  const client = createClient<Schemas>({
    ...options,
    logger,
    // Of tabs that share a link, each sees what it has of it.
    ...(transport && { transport: tabs ? transport : measuredTransport(transport, clock, tell) }),
    ...(storage && { storage: measuredStorage(storage, clock, tell) }),
    ...(tabs && {
      tabs: {
        join(member) {
          const { living, leave, transport: shared } = tabs.join(member);
          return { living, leave, transport: measuredTransport(shared, clock, tell) };
        },
      },
    }),
  });
  const errors = collectErrors(client, observe.errors);
  const { directory } = internalsOf(client).core;
  const measure = createMeasure({
    now: clock.now,
    known: {
      rev: (conversationId) => directory.peek(conversationId)?.cursor?.rev,
      isLacking: (conversationId) =>
        directory.isOpen(conversationId) && directory.peek(conversationId)?.view.get().missing !== undefined,
    },
    connection: watchedConnection(client.connection),
    queue: () => queueOf(client),
    durability: () => storage?.supports.durability ?? "memory",
    errors: () => Object.fromEntries(errors.get().map(({ code, count }) => [code, count])),
    memory: observe.memory ?? readHeap,
  });
  observers.push(measure.take);
  client.on("outbox", (entry) => tell({ type: "entry", at: clock.now(), entry }));

  const { everyMs = EVERY_MS, thresholds, clock: gaugeClock = clock } = observe;
  const metrics = createGauge(gaugeClock, everyMs, measure.read);
  const judge = (): ClientHealth => healthOf(measure.read(), clock.now(), storage !== undefined, thresholds);
  const health = createGauge(gaugeClock, everyMs, judge);
  const close = client.close;
  return Object.assign(client, {
    ...{ metrics, health, log, errors },
    told: {
      rendered: (tookMs: number) => tell({ type: "rendered", at: clock.now(), tookMs }),
      displayed: (messageId: string) => tell({ type: "displayed", at: clock.now(), messageId }),
    },
    async close() {
      await close();
      for (const part of [metrics, health, errors]) part.close();
    },
  });
}

/** The state, and since when a link has been wanted and is not there: attempts come and go meanwhile. */
function watchedConnection({ get, subscribe }: Client["connection"]): Sources["connection"] {
  let downSince: number | undefined;
  const look = ({ name, since }: ConnectionState): void => {
    if (name === "connecting" || name === "waiting" || name === "offline") downSince ??= since;
    else downSince = undefined;
  };
  look(get());
  subscribe(look);
  return () => ({ name: get().name, since: get().since, downSince });
}

function queueOf(client: Pick<Client, "outbox">): ClientMetrics["queue"] {
  const { entries, waiting, failed } = client.outbox.get();
  const given = entries.filter(({ status }) => status !== "failed").map(({ command }) => command.at);
  return { waiting, failed, oldestAt: given.length > 0 ? Math.min(...given) : undefined };
}
