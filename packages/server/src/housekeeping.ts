import { setImmediate } from "node:timers/promises";
import type { Cancel, Clock } from "./engine/clock.ts";
import type { RetentionOptions } from "./options.ts";
import type { Store } from "./store/store.ts";

export interface HousekeepingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Which messages are kept. Undefined: all. */
  readonly retention: RetentionOptions | undefined;
  readonly answerRetentionMs: number;
  readonly auditRetentionMs: number;
  readonly onFailure: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;

/** Deletes once an hour what is not kept, a little at a time; until called off. */
export function keepHouse(options: HousekeepingOptions): Cancel {
  let isOver = false;
  const cancel = options.clock.every(HOUR_MS, () => {
    tidy(options, () => isOver).catch(options.onFailure);
  });
  return () => {
    isOver = true;
    cancel();
  };
}

async function tidy(
  { store, clock, retention: kept, answerRetentionMs, auditRetentionMs }: HousekeepingOptions,
  isOver: () => boolean,
): Promise<void> {
  const now = clock.now();
  const rememberedSince = now - answerRetentionMs;
  while ((await store.forgetAnswers(rememberedSince)) > 0) await setImmediate();
  while (store.audit && (await store.audit.forget(Math.max(0, now - auditRetentionMs))) > 0)
    await setImmediate();
  if (!kept || !store.upkeep) return;
  const { maxAgeMs = Infinity, maxMessages: newest = Infinity } = kept;
  // Before time began: never.
  const retention = { before: Math.max(0, now - maxAgeMs), newest, rememberedSince };
  let next: string | undefined;
  do {
    ({ next } = await store.upkeep.prune(retention, next));
    await setImmediate();
  } while (next !== undefined && !isOver());
}
