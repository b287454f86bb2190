/**
 * The order of one client's commands to one conversation, as pure functions. No timers, no I/O.
 *
 *   add ─▶ waiting ──depart──▶ flying ──settle──▶ gone
 *             ▲ ◀──────return─────┘
 *
 * Laws (each is named by the test that checks it):
 *   1  Entries depart in the order they were added (D7).
 *   2  At most `window` fly at once.
 *   3  After one returned nothing departs until nobody flies; then they depart again in the first order (D7). So a
 *      command never overtakes one that the backend asked us to try again.
 *   4  Whoever settles leaves, flying or not: a change that was pushed confirms a command whose ack was lost (D2).
 */
export interface Lane {
  /** Command ids in the order given; while not rewinding those that fly come first. */
  readonly ids: readonly string[];
  readonly flying: ReadonlySet<string>;
  /** Someone returned and others are still out. */
  readonly isRewinding: boolean;
}

export const emptyLane: Lane = { ids: [], flying: new Set(), isRewinding: false };

export function add(lane: Lane, id: string): Lane {
  return lane.ids.includes(id) ? lane : { ...lane, ids: [...lane.ids, id] };
}

/** What an earlier life of the client left goes before what this one was given. */
export function addFirst(lane: Lane, id: string): Lane {
  const { ids, flying, isRewinding } = lane;
  const out = isRewinding ? 0 : flying.size; // what is out already cannot be overtaken
  return ids.includes(id) ? lane : { ...lane, ids: [...ids.slice(0, out), id, ...ids.slice(out)] };
}

/** Who may depart now, if anybody. */
export function next(lane: Lane, window: number): string | undefined {
  if (lane.isRewinding || lane.flying.size >= window) return undefined;
  return lane.ids[lane.flying.size];
}

/** Only for what `next` has named. */
export function depart(lane: Lane, id: string): Lane {
  return { ...lane, flying: new Set(lane.flying).add(id) };
}

/** The backend has not taken it: it keeps its place and will go again. */
export function comeBack(lane: Lane, id: string): Lane {
  if (!lane.flying.has(id)) return lane;
  const flying = without(lane.flying, id);
  return { ...lane, flying, isRewinding: flying.size > 0 };
}

/** It took effect, was refused for good, or was called off. */
export function settle(lane: Lane, id: string): Lane {
  const flying = without(lane.flying, id);
  return {
    ids: lane.ids.filter((other) => other !== id),
    flying,
    isRewinding: lane.isRewinding && flying.size > 0,
  };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
