import { RadixMap, type Sized } from "../base/radix-map.ts";

/** What stands in a lane. */
export interface Turn extends Sized {
  /** The lower, the earlier. */
  readonly turn: number;
}

/**
 * The order of one client's commands to one conversation, as pure functions. No timers, no I/O; and none of them costs
 * more than the logarithm of how many wait.
 *
 *   add ─▶ waiting ──depart──▶ flying ──settle──▶ gone
 *             ▲ ◀────comeBack─────┘
 *
 * Laws (each is named by the test that checks it):
 *   1  Those who wait depart by their turns (D7).
 *   2  At most `window` fly at once.
 *   3  After one returned nothing departs until nobody flies; then they depart again by their turns (D7). So a
 *      command never overtakes one that the backend asked us to try again.
 *   4  Whoever settles leaves, flying or not: a change that was pushed confirms a command whose ack was lost (D2).
 */
export interface Lane<T extends Turn> {
  /** By their turns. */
  readonly waiting: RadixMap<T>;
  readonly flying: ReadonlySet<T>;
  /** Someone came back and others are still out. */
  readonly isRewinding: boolean;
}

export function emptyLane<T extends Turn>(): Lane<T> {
  return { waiting: new RadixMap(), flying: new Set(), isRewinding: false };
}

export function add<T extends Turn>(lane: Lane<T>, one: T): Lane<T> {
  return isIn(lane, one) ? lane : { ...lane, waiting: lane.waiting.update((write) => write(one.turn, one)) };
}

/** Who may depart now, if anybody. */
export function next<T extends Turn>(
  { waiting, flying, isRewinding }: Lane<T>,
  window: number,
): T | undefined {
  return isRewinding || flying.size >= window ? undefined : waiting.slice(0, 1)[0];
}

/** Only for what `next` has named. */
export function depart<T extends Turn>(lane: Lane<T>, one: T): Lane<T> {
  return { ...settle(lane, one), flying: new Set(lane.flying).add(one) };
}

/** The backend has not taken it: it keeps its turn and will go again. */
export function comeBack<T extends Turn>(lane: Lane<T>, one: T): Lane<T> {
  if (!lane.flying.has(one)) return lane;
  const rest = settle(lane, one);
  return { ...add(rest, one), isRewinding: rest.flying.size > 0 };
}

/** It took effect, was refused for good, or was called off. */
export function settle<T extends Turn>(lane: Lane<T>, one: T): Lane<T> {
  const { waiting, flying, isRewinding } = lane;
  if (!isIn(lane, one)) return lane;
  if (!flying.has(one)) return { ...lane, waiting: waiting.update((write) => write(one.turn, undefined)) };
  const rest = new Set(flying);
  rest.delete(one);
  return { waiting, flying: rest, isRewinding: isRewinding && rest.size > 0 };
}

/** Is nobody in it before this one? */
export function isFirst<T extends Turn>({ waiting, flying }: Lane<T>, one: T): boolean {
  return [...flying, ...waiting.slice(0, 1)].every(({ turn }) => turn >= one.turn);
}

export function isEmpty<T extends Turn>({ waiting, flying }: Lane<T>): boolean {
  return waiting.size + flying.size === 0;
}

function isIn<T extends Turn>({ waiting, flying }: Lane<T>, one: T): boolean {
  return flying.has(one) || waiting.get(one.turn) === one;
}
