import type { Cancel, Clock, Random } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import { codeOf, errorOf, failure, type Fault } from "./faults.ts";
import type { Wire, WireHandler } from "./wire.ts";

/** Something to hear of. */
export interface Subscription {
  /** What is sent, and signed, to start it. */
  readonly body: string;
  receive(data: unknown): void;
  /** AppSync has ended it, as when one is removed from a conversation; or refused it, and why. */
  ended(why?: MessagingError): void;
}

/**
 * All subscriptions of one link, on as many WebSockets as they take.
 *
 * AppSync has limits, and says so in several ways: so many on one WebSocket, so many started at a time, and each
 * WebSocket for a day. This keeps to the first two, learns when they are narrower, and replaces a WebSocket before
 * its day is over: the new one hears before the old one stops.
 */
export interface Subscriptions {
  /** @returns stops it. */
  add(subscription: Subscription): () => void;
  /** Resolves once nothing waits to be started. */
  settled(): Promise<void>;
  /** A WebSocket has been silent for longer than it may. */
  isSilent(): boolean;
  close(): void;
}

export interface SubscriptionsOptions {
  readonly open: (handler: WireHandler) => Wire;
  readonly clock: Clock;
  readonly random: Random;
  /** On one WebSocket. */
  readonly subscriptionsPerSocket: number;
  /** How long a WebSocket is used. */
  readonly socketLifeMs: number;
  readonly onLost: (why: MessagingError) => void;
  /** Something was started, and nothing waits any more: what happened before is to be asked for. */
  readonly onSettled: () => void;
}

/** Started and not answered, at once. */
const PACE = 20;
/** A user has at most this many WebSockets (D9). */
const MOST_PLACES = 16;
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** So that the clients of one deployment do not all come back at the same moment. */
const LIFE_JITTER = 0.02;

interface Place {
  readonly wire: Wire;
  readonly ids: Map<string, Subscription>;
  readonly cancel: Cancel;
  most: number;
  isReady: boolean;
  /** Its subscriptions are being started elsewhere; until they are, it is still heard. */
  isRetiring: boolean;
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { open, clock, random, subscriptionsPerSocket, socketLifeMs, onLost, onSettled } = options;
  const places = new Set<Place>();
  const waiting = new Set<Subscription>();
  const unanswered = new Set<Subscription>();
  const watchers: (() => void)[] = [];
  let lastId = 0;
  let pace = PACE;
  let pauses = 0;
  let isPaused = false;
  let isFresh = false;
  let resume: Cancel = () => {};

  const isSettled = (): boolean => waiting.size + unanswered.size === 0;

  const leave = (place: Place): void => {
    place.cancel();
    place.wire.close();
    places.delete(place);
  };

  const settle = (): void => {
    if (!isSettled()) return;
    for (const place of places) if (place.isRetiring) leave(place);
    for (const tell of watchers.splice(0)) tell();
    if (isFresh) onSettled();
    isFresh = false;
  };

  /** Starts what may be started by now. */
  const pump = (): void => {
    for (const subscription of waiting) {
      if (isPaused || unanswered.size >= pace) return;
      const place = [...places].find((each) => !each.isRetiring && each.ids.size < each.most) ?? expand();
      if (!place?.isReady) return;
      const id = String((lastId += 1));
      waiting.delete(subscription);
      unanswered.add(subscription);
      place.ids.set(id, subscription);
      place.wire.start(id, subscription.body);
    }
    settle();
  };

  const expand = (): Place | undefined => {
    if ([...places].filter(({ isRetiring }) => !isRetiring).length >= MOST_PLACES) {
      refuseWaiting();
      return undefined;
    }
    const place: Place = {
      wire: open({
        ready() {
          place.isReady = true;
          pump();
        },
        heard: (heard) => {
          const subscription = heard.id === undefined ? undefined : place.ids.get(heard.id);
          if (heard.type === "refused") refused(place, heard.id, heard.faults);
          else if (heard.type === "data") subscription?.receive(heard.data);
          else if (heard.type === "complete") finish(place, heard.id);
          else if (subscription && unanswered.delete(subscription)) started();
        },
        lost(why) {
          const isMissed = places.has(place) && !place.isRetiring;
          place.cancel();
          places.delete(place);
          if (isMissed) onLost(why);
        },
      }),
      ids: new Map(),
      cancel: clock.after(socketLifeMs * (1 - LIFE_JITTER * random.next()), () => retire(place)),
      ...{ most: subscriptionsPerSocket, isReady: false, isRetiring: false },
    };
    places.add(place);
    return place;
  };

  /** There is no room for more; heads tell what would have been heard. */
  const refuseWaiting = (): void => {
    const refusal = failure("protocol/busy", "unable to subscribe; there are too many subscriptions");
    for (const subscription of [...waiting]) {
      waiting.delete(subscription);
      subscription.ended(refusal);
    }
    settle();
  };

  const started = (): void => {
    isFresh = true;
    pauses = 0;
    pace = PACE;
    pump();
  };

  /** A day is nearly over. */
  const retire = (place: Place): void => {
    place.isRetiring = true;
    for (const subscription of new Set(place.ids.values())) {
      unanswered.delete(subscription);
      waiting.add(subscription);
    }
    if (isSettled()) leave(place);
    else pump();
  };

  const finish = (place: Place, id: string, why?: MessagingError): void => {
    const subscription = place.ids.get(id);
    if (!subscription) return;
    remove(subscription);
    subscription.ended(why);
    pump();
  };

  /** Wherever it is; while a WebSocket is replaced it is in two places. */
  const remove = (subscription: Subscription): void => {
    waiting.delete(subscription);
    unanswered.delete(subscription);
    for (const { ids, wire } of places) {
      for (const [id, found] of ids) {
        if (found !== subscription) continue;
        ids.delete(id);
        wire.stop(id);
      }
    }
  };

  const restart = (place: Place, id: string): void => {
    const subscription = place.ids.get(id);
    if (!subscription) return;
    place.ids.delete(id);
    place.wire.stop(id);
    if (unanswered.delete(subscription)) waiting.add(subscription);
  };

  const refused = (place: Place, id: string | undefined, faults: readonly Fault[]): void => {
    const [fault] = faults;
    const code = codeOf(fault);
    // Where it is not said which was refused, all may be that have no answer yet.
    const suspects = id === undefined ? [...place.ids.keys()] : [id];
    const asked = suspects.filter((each) => isUnanswered(place, each));
    if (code.startsWith("auth/")) return onLost(errorOf(faults, "subscribe"));
    if (code === "server/unavailable") pause();
    else if (code === "protocol/busy") place.most = Math.min(place.most, place.ids.size - asked.length);
    else if (!fault?.errorType.startsWith("Duplicated")) {
      if (id === undefined) return onLost(errorOf(faults, "go on"));
      return finish(place, id, errorOf(faults, "subscribe"));
    }
    for (const each of asked) restart(place, each);
    pump();
  };

  const isUnanswered = (place: Place, id: string): boolean => {
    const subscription = place.ids.get(id);
    return subscription !== undefined && unanswered.has(subscription);
  };

  /** Once for a whole burst of refusals. */
  const pause = (): void => {
    if (isPaused) return;
    pace = Math.max(1, pace >> 1);
    pauses += 1;
    isPaused = true;
    const longestMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** pauses);
    resume = clock.after(longestMs * (0.5 + random.next() / 2), () => {
      isPaused = false;
      pump();
    });
  };

  return {
    add(subscription) {
      waiting.add(subscription);
      pump();
      return () => {
        remove(subscription);
        pump();
      };
    },
    settled: () => new Promise((resolve) => (isSettled() ? resolve() : watchers.push(resolve))),
    isSilent: () => [...places].some(({ wire, isRetiring }) => !isRetiring && wire.silentMs() > 0),
    close() {
      resume();
      waiting.clear();
      unanswered.clear();
      for (const place of [...places]) leave(place);
    },
  };
}
