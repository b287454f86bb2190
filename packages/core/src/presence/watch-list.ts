import type { Unsubscribe } from "../base/observable.ts";
import { MOST_WATCHED } from "../protocol/bounds.ts";
import type { Signal } from "../protocol/signals.ts";
import type { Alarms } from "./alarms.ts";

/** The conversations looked at, told to the backend as one signal; signals come for these only. */
export interface WatchList {
  /** Begins to look at a conversation; the result ends it. Leases are counted: the last one out ends the watch. */
  watch(conversationId: string): Unsubscribe;
  /** A new link knows nothing: tell it. */
  renew(): void;
}

/**
 * @param send - only the newest `MOST_WATCHED` are told, however many are held. Changes of one turn make one signal,
 *   so that leaving one screen for another, or React mounting twice, costs at most one.
 */
export function createWatchList(alarms: Alarms, send: (signal: Signal) => void): WatchList {
  const leases = new Map<string, number>(); // most recently begun last
  let told = "";

  const tell = (): void => {
    const conversationIds = [...leases.keys()].slice(-MOST_WATCHED);
    const next = conversationIds.toSorted().join("\n"); // ids hold no control characters
    if (next === told) return;
    told = next;
    send({ type: "watch", conversationIds });
  };
  const tellSoon = (): void => alarms.set("watch", 0, tell);

  const move = (conversationId: string, by: number): void => {
    const count = (leases.get(conversationId) ?? 0) + by;
    if (by > 0) leases.delete(conversationId);
    if (count > 0) leases.set(conversationId, count);
    else leases.delete(conversationId);
    tellSoon();
  };

  return {
    watch(conversationId) {
      let isHeld = true;
      move(conversationId, 1);
      return () => {
        if (isHeld) move(conversationId, -1);
        isHeld = false;
      };
    },
    renew() {
      told = "";
      tell();
    },
  };
}
