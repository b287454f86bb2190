import { setImmediate } from "node:timers/promises";
import type { Command } from "@tidings/core/protocol";
import type { Caller } from "./engine/caller.ts";
import type { Cancel, Clock } from "./engine/clock.ts";
import type { RetentionOptions } from "./options.ts";
import type { Store } from "./store/store.ts";
import type { Upkeep } from "./store/upkeep.ts";
import { SYSTEM } from "./system-actor.ts";

export interface HousekeepingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Which messages are kept. Undefined: all. */
  readonly retention: RetentionOptions | undefined;
  readonly answerRetentionMs: number;
  readonly auditRetentionMs: number;
  /** See `Engine`. */
  readonly perform: (caller: Caller, command: Command) => Promise<unknown>;
  readonly newId: () => string;
  /** What else deletes what nobody needs. */
  readonly desks?: readonly ({ sweep(): Promise<void> } | undefined)[] | undefined;
  readonly onFailure: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;

/** A year. Tokens that live longer, or never end, would be of use again. */
const ERASURE_KEPT_MS = 31_622_400_000;

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

async function tidy(options: HousekeepingOptions, isOver: () => boolean): Promise<void> {
  const { store, clock, answerRetentionMs, auditRetentionMs, desks = [] } = options;
  const now = clock.now();
  const rememberedSince = now - answerRetentionMs;
  while ((await store.forgetAnswers(rememberedSince)) > 0) await setImmediate();
  while (store.audit && (await store.audit.forget(Math.max(0, now - auditRetentionMs))) > 0)
    await setImmediate();
  while (store.cases && (await store.cases.forget(Math.max(0, now - auditRetentionMs))) > 0)
    await setImmediate();
  while (store.erasures && (await store.erasures.forget(Math.max(0, now - ERASURE_KEPT_MS))) > 0)
    await setImmediate();
  if (store.upkeep) await prune(store.upkeep, options, isOver);
  for (const desk of desks) await desk?.sweep();
}

/** By what the server keeps, and what each conversation does. */
async function prune(
  upkeep: Upkeep,
  { clock, retention: kept = {}, answerRetentionMs, perform, newId }: HousekeepingOptions,
  isOver: () => boolean,
): Promise<void> {
  const now = clock.now();
  const { maxAgeMs = Infinity, maxMessages: newest = Infinity } = kept;
  // Before time began: never.
  const before = Math.max(0, now - maxAgeMs);
  const retention = { now, before, newest, rememberedSince: now - answerRetentionMs };
  let next: string | undefined;
  do {
    const pruned = await upkeep.prune(retention, next);
    for (const floor of pruned.floors) {
      // Everybody in it is told, and it is written down.
      const command = { type: "conversation.prune", commandId: newId(), at: clock.now(), ...floor } as const;
      await perform({ userId: SYSTEM, isSystem: true }, command);
    }
    next = pruned.next;
    await setImmediate();
  } while (next !== undefined && !isOver());
}
