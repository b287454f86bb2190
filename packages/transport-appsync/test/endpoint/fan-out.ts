import type { Clock, Random } from "@tidings/core";
import type { Prepared, Published } from "./api.ts";
import { type EndpointFaults, strikes } from "./faults.ts";
import type { Ended, EventFilter } from "./resolvers.ts";

/** A subscription that was started. */
export interface Started extends Prepared {
  readonly userId: string;
  /** Instead of the arguments. */
  readonly filter: EventFilter | undefined;
  readonly since: number;
  send(payload: object): void;
  /** Its membership has ended. */
  invalidate(): void;
}

/** Who hears of which mutation: AppSync's rules, and its silences. */
export interface FanOut {
  readonly started: Set<Started>;
  publish(published: Published): Promise<void>;
  end(ended: Ended): void;
  /** Events too large to be delivered, of which their senders were not told. */
  readonly oversized: number;
}

/** In bytes; AppSync drops what is larger. */
const MOST_BYTES = 240 * 1_024;

export function createFanOut(clock: Clock, random: Random, faults: EndpointFaults): FanOut {
  const started = new Set<Started>();
  let oversized = 0;

  const deliver = (to: Started, payload: object): void => {
    if (Buffer.byteLength(JSON.stringify(payload)) > MOST_BYTES) {
      oversized += 1;
      return;
    }
    if (clock.now() - to.since < faults.deafMs || strikes(faults.drop, random)) return;
    for (let copies = strikes(faults.duplicate, random) ? 2 : 1; copies > 0; copies -= 1) {
      const delayMs = faults.delayMs + (faults.reorderMs > 0 ? random.next() * faults.reorderMs : 0);
      const send = (): void => {
        if (started.has(to)) to.send(payload);
      };
      if (delayMs > 0) clock.after(delayMs, send);
      else send();
    }
  };

  return {
    started,
    get oversized() {
      return oversized;
    },
    async publish({ mutation, selected }) {
      const { conversationId = null, audience = null } = selected;
      const event = faults.thin ? { conversationId, audience } : selected;
      const receivers = [...started].filter(
        (each) => each.mutations.includes(mutation) && mayHear(each, event),
      );
      const payloads = await Promise.all(receivers.map((each) => each.select(event)));
      for (const [index, each] of receivers.entries()) {
        const payload = payloads[index];
        if (payload) deliver(each, { ...payload });
      }
    },
    end({ userId, conversationId }) {
      for (const each of [...started]) {
        if (each.userId === userId && each.args["conversationId"] === conversationId) each.invalidate();
      }
    },
  };
}

/** Equality on the event's top level; an argument that was not given asks for nothing, one that is null for null. */
function mayHear({ filter, args }: Started, event: Readonly<Record<string, unknown>>): boolean {
  if (filter) return filter(event);
  return Object.entries(args).every(([name, value]) => event[name] === value);
}
