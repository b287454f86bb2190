import { assertNever } from "../base/assert-never.ts";
import type { Heap } from "../base/heap.ts";
import type { Durability } from "../ports/storage.ts";
import { createGaps, type Known } from "./gaps.ts";
import type { ClientMetrics } from "./metrics.ts";
import type { Observation, Observer } from "./observation.ts";
import { createDistribution, createRate } from "./tallies.ts";

/** What metrics ask the client itself. */
export interface Sources {
  readonly now: () => number;
  readonly known: Known;
  readonly connection: () => Pick<ClientMetrics["connection"], "name" | "since" | "downSince">;
  readonly queue: () => ClientMetrics["queue"];
  readonly durability: () => Durability;
  readonly errors: () => ClientMetrics["errors"];
  readonly memory: () => Heap | undefined;
}

/** Adds up what is observed. */
export interface Measure {
  readonly take: Observer;
  read(): ClientMetrics;
}

export function createMeasure(sources: Sources): Measure {
  const since = sources.now();
  const tallies = createTallies();
  const gaps = createGaps(sources.known);
  const links = createLinks();

  const take = (seen: Observation): void => {
    tallies.take(seen);
    links.take(seen);
    if (seen.type === "arriving") gaps.before(seen.events);
    if (seen.type === "arrived") gaps.after(seen.events, seen.at);
  };

  return {
    take,
    read() {
      const now = sources.now();
      const { sent, received, storage, ...rest } = tallies.read(now);
      const open = gaps.open();
      const { duplicates, noticed } = gaps;
      const gapSince = open.length > 0 ? Math.min(...open) : undefined;
      return {
        since,
        sent,
        received: { ...received, duplicates, gaps: noticed, openGaps: open.length, gapSince },
        queue: sources.queue(),
        connection: { ...sources.connection(), ...links.read(now) },
        ...rest,
        storage: { durability: sources.durability(), ...storage },
        errors: sources.errors(),
        memory: sources.memory(),
      };
    },
  };
}

/** Figures that come of observations alone. */
function createTallies() {
  const [submits, arrivals] = [createRate(), createRate()];
  const [answerMs, acceptedAfterMs, queryMs] = [
    createDistribution(),
    createDistribution(),
    createDistribution(),
  ];
  const [readMs, writeMs] = [createDistribution(), createDistribution()];
  const [renderMs, listenersMs] = [createDistribution(), createDistribution()];
  const answers = { accepted: 0, refused: 0, deferred: 0 };
  const kinds = { changes: 0, receipts: 0, signals: 0 };
  const cache = { hits: 0, misses: 0 };
  const failures = createRate();

  const arrive = ({ at, tookMs, events }: Extract<Observation, { readonly type: "arrived" }>): void => {
    arrivals.add(at, events.length);
    if (events.length > 0) listenersMs.add(tookMs);
    for (const { type } of events) {
      if (type === "change") kinds.changes += 1;
      if (type === "receipt") kinds.receipts += 1;
      if (type === "signal") kinds.signals += 1;
    }
  };

  const keep = (seen: Extract<Observation, { readonly type: "storage" }>): void => {
    if (seen.error) failures.add(seen.at);
    if (seen.operation === "write") writeMs.add(seen.tookMs);
    if (seen.operation === "get" || seen.operation === "scan") readMs.add(seen.tookMs);
    if (seen.timeline === "found") cache.hits += 1;
  };

  return {
    take(seen: Observation): void {
      switch (seen.type) {
        case "submit":
          return submits.add(seen.at);
        case "answer":
          answerMs.add(seen.tookMs);
          answers[seen.error ? (seen.error.retryable ? "deferred" : "refused") : "accepted"] += 1;
          return;
        case "entry":
          if (seen.entry.status === "sent") acceptedAfterMs.add(Math.max(0, seen.at - seen.entry.command.at));
          return;
        case "query":
          if (seen.isNewest) cache.misses += 1;
          return queryMs.add(seen.tookMs);
        case "arrived":
          return arrive(seen);
        case "storage":
          return keep(seen);
        case "rendered":
          return renderMs.add(seen.tookMs);
        case "opened":
        case "closed":
        case "arriving":
        case "displayed":
          return;
        default:
          return assertNever(seen);
      }
    },
    read: (now: number) => ({
      sent: {
        ...{ submits: submits.total, perMinute: submits.perMinute(now), ...answers },
        ...{ answerMs: answerMs.summary(), acceptedAfterMs: acceptedAfterMs.summary() },
      },
      received: { ...kinds, perMinute: arrivals.perMinute(now) },
      queryMs: queryMs.summary(),
      cache: { ...cache },
      storage: {
        ...{ readMs: readMs.summary(), writeMs: writeMs.summary() },
        ...{ failures: failures.total, failuresPerMinute: failures.perMinute(now) },
      },
      renderMs: renderMs.summary(),
      listenersMs: listenersMs.summary(),
    }),
  };
}

function createLinks() {
  const [opened, failed, closed] = [createRate(), createRate(), createRate()];
  const openMs = createDistribution();
  let onlineMs = 0;
  let openAt: number | undefined;
  return {
    take(seen: Observation): void {
      if (seen.type === "opened" && seen.error) failed.add(seen.at);
      if (seen.type === "opened" && !seen.error) {
        opened.add(seen.at);
        openMs.add(seen.tookMs);
        openAt = seen.at;
      }
      if (seen.type !== "closed") return;
      closed.add(seen.at);
      if (openAt !== undefined) onlineMs += seen.at - openAt;
      openAt = undefined;
    },
    read: (now: number) => ({
      ...{ opened: opened.total, failed: failed.total, closed: closed.total },
      ...{ closedPerMinute: closed.perMinute(now), openMs: openMs.summary(), onlineMs },
    }),
  };
}
