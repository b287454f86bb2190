import type { ModerationCase } from "@tidings/core/protocol";
import { type Engine, type EngineClock, keepHouse } from "@tidings/server/testing";
import type { Store } from "@tidings/server/store";
import { SimulatedFault } from "./host-store.ts";

export interface HouseOptions {
  readonly store: Store;
  readonly clock: EngineClock;
  readonly engine: Engine;
  readonly newId: () => string;
  readonly onFailure: (what: string, error: unknown) => void;
}

const DAY_MS = 86_400_000;

/** An hour is longer than a run takes: what is returned tidies up at once, as the server does by itself once in one. */
export function openHouse({ store, clock, engine, newId, onFailure }: HouseOptions): () => void {
  let tidy = (): void => {};
  keepHouse({
    ...{ store, newId, retention: undefined, answerRetentionMs: DAY_MS, auditRetentionMs: DAY_MS },
    clock: { ...clock, every: (_hourMs, task) => ((tidy = task), () => {}) },
    perform: (caller, command) => engine.perform(caller, command),
    onFailure(error) {
      if (!(error instanceof SimulatedFault)) onFailure("housekeeping", error);
    },
  });
  return tidy;
}

export async function casesOf({ cases }: Store): Promise<readonly ModerationCase[]> {
  if (!cases) return [];
  const pages = [true, false].map((isOpen) => cases.page({ isOpen, order: "newest", limit: 1_000 }));
  return (await Promise.all(pages)).flatMap(({ items }) => items);
}
