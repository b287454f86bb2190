import {
  advanceConnection,
  type ConnectionEvent,
  initialConnection,
  type MachineState,
} from "../connection/machine.ts";
import { deliveryTransitions } from "../delivery/machine.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError, type MessagingErrorOptions } from "../errors/messaging-error.ts";

/** One arrow of a machine: from one state to another, and what leads there. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
}

/** The delivery of a command, out of its table. */
export const deliveryMoves: readonly Move[] = gather(
  Object.entries(deliveryTransitions).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => [from, to, event] as const),
  ),
);

const lost = (code: ErrorCode, isAlone = false, options: MessagingErrorOptions = {}): ConnectionEvent => ({
  ...{ type: "lost", isAlone, random: 0.5 },
  error: new MessagingError(code, options),
});

/** Everything that leads anywhere by itself; `disconnect` and `close` lead from everywhere to one place. */
const events: readonly (readonly [string, ConnectionEvent])[] = [
  ["connect", { type: "connect", hasNetwork: true }],
  ["no network", { type: "connect", hasNetwork: false }],
  ["wake", { type: "wake", hasNetwork: true }],
  ["no network", { type: "wake", hasNetwork: false }],
  ["due", { type: "due" }],
  ["opened", { type: "opened" }],
  ["lost", lost("connection/lost")],
  ["fell silent", lost("connection/lost", true)],
  ["come back later", lost("server/draining", false, { retryAfterMs: 60_000 })],
  ["token expired", lost("auth/expired")],
  ["the app is needed", lost("auth/invalid")],
];

/** At once, before anything may be hastened; and long after, when a link has held and every wait is over. */
const DELAYS_MS = [0, 7_200_000];

/** What the connection's machine does, as it is found by doing everything to it. */
export function connectionMoves(): readonly Move[] {
  const found: (readonly [string, string, string])[] = [];
  const seen = new Set<string>();
  const backoff = { baseMs: 500, maxMs: 30_000 };
  let front: readonly (readonly [MachineState, number])[] = [[initialConnection(0), 0]];

  const tried = (state: MachineState, at: number): (readonly [MachineState, number])[] =>
    events.flatMap(([label, event]) => {
      const next = advanceConnection(state, event, at, backoff);
      if (next.name !== state.name) found.push([state.name, next.name, label]);
      const { name, expiries, notBeforeMs } = next;
      const key = [name, expiries, notBeforeMs > at].join();
      if (next === state || seen.has(key)) return [];
      seen.add(key);
      return [[next, at] as const];
    });

  while (front.length > 0)
    front = front.flatMap(([state, now]) => DELAYS_MS.flatMap((delay) => tried(state, now + delay)));
  return gather(
    found,
    events.map(([label]) => label),
  );
}

/** @param order - of the events of one arrow; as they were found if absent. */
function gather(
  moves: readonly (readonly [from: string, to: string, event: string])[],
  order?: readonly string[],
): readonly Move[] {
  const arrows = new Map<
    string,
    { readonly from: string; readonly to: string; readonly events: Set<string> }
  >();
  for (const [from, to, event] of moves) {
    const arrow = arrows.get(`${from} ${to}`) ?? { from, to, events: new Set() };
    arrows.set(`${from} ${to}`, arrow);
    arrow.events.add(event);
  }
  return [...arrows.values()].map(({ from, to, events: named }) => {
    const ordered = order ? [...new Set(order)].filter((each) => named.has(each)) : [...named];
    return { from, to, events: ordered };
  });
}
