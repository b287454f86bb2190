import {
  advanceConnection,
  type ConnectionEvent,
  initialConnection,
  type MachineState,
} from "../../src/connection/machine.ts";
import { MessagingError, type MessagingErrorOptions } from "../../src/errors/messaging-error.ts";
import type { ErrorCode } from "../../src/errors/codes.ts";

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
/** What the machine does, as it was found by doing everything to it: `from --> to: events`. */
export function connectionSteps(): readonly string[] {
  const labels = new Map<string, Set<string>>();
  const seen = new Set<string>();
  let front: readonly (readonly [MachineState, number])[] = [[initialConnection(0), 0]];
  while (front.length > 0) {
    front = front.flatMap(([state, now]) =>
      DELAYS_MS.flatMap((delay) =>
        events.flatMap(([label, event]): (readonly [MachineState, number])[] => {
          const at = now + delay;
          const next = advanceConnection(state, event, at, { baseMs: 500, maxMs: 30_000 });
          if (next.name !== state.name) {
            const step = `${state.name} --> ${next.name}`;
            labels.set(step, (labels.get(step) ?? new Set()).add(label));
          }
          const { name, expiries, notBeforeMs } = next;
          const key = [name, expiries, notBeforeMs > at].join();
          return next === state || seen.has(key) || !seen.add(key) ? [] : [[next, at]];
        }),
      ),
    );
  }
  const order = [...new Set(events.map(([label]) => label))];
  return [...labels].map(([step, found]) => `${step}: ${order.filter((each) => found.has(each)).join(", ")}`);
}
