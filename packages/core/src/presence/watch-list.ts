import type { Unsubscribe } from "../base/observable.ts";
import { idPattern, MOST_WATCHED } from "../protocol/bounds.ts";
import type { Signal } from "../protocol/signals.ts";
import type { Alarms } from "../base/alarms.ts";

/** The conversations looked at, told to the backend as one signal; signals come for these only. */
export interface WatchList {
  /** Begins to look at a conversation; the result ends it. Leases are counted: the last one out ends the watch. */
  watch(conversationId: string): Unsubscribe;
  /** The backend knows nothing of it (any more): tell it. */
  renew(): void;
  /** The user has come into a conversation: until then the backend did not heed that it is looked at. */
  entered(conversationId: string): void;
}

export interface WatchListOptions {
  readonly alarms: Alarms;
  /**
   * Only `MOST_WATCHED` are told, however many are held: those that are open before others, of these the newest. Changes of
   * one turn make one signal, so that leaving one screen for another, or React mounting twice, costs at most one.
   */
  readonly send: (signal: Signal) => void;
  readonly isOpen: (conversationId: string) => boolean;
  /** Fewer are looked at than were. */
  readonly onLess: () => void;
}

export function createWatchList({ alarms, send, isOpen, onLess }: WatchListOptions): WatchList {
  const leases = new Map<string, number>(); // most recently begun last
  let told: readonly string[] = [];

  const say = (conversationIds: readonly string[]): void => {
    told = conversationIds;
    send({ type: "watch", conversationIds });
  };

  const tell = (): void => {
    const before = told;
    // A backend may refuse the whole list, or end the link, for one id that cannot be: it would come again and again.
    const ids = [...leases.keys()].filter((id) => idPattern.test(id));
    const conversationIds = [...ids.filter((id) => !isOpen(id)), ...ids.filter(isOpen)].slice(-MOST_WATCHED);
    const isLess = before.some((id) => !conversationIds.includes(id));
    if (!isLess && conversationIds.length === before.length) return;
    say(conversationIds);
    if (isLess) onLess();
  };

  const move = (conversationId: string, by: number): void => {
    const count = (leases.get(conversationId) ?? 0) + by;
    if (by > 0) leases.delete(conversationId);
    if (count > 0) leases.set(conversationId, count);
    else leases.delete(conversationId);
    alarms.set("watch", 0, tell);
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
      told = [];
      tell();
    },
    entered(conversationId) {
      if (!told.includes(conversationId)) return;
      say(told.filter((id) => id !== conversationId)); // what was told before is not news
      alarms.set("watch", 0, tell);
    },
  };
}
