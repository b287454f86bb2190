import { systemRandom } from "../base/random.ts";
import { systemClock } from "../base/clock.ts";
import { createIds } from "../base/ids.ts";
import type { CloseReason, Link, LinkEvent } from "../ports/transport.ts";
import type { Change } from "../protocol/changes.ts";
import type { SendMessage } from "../protocol/commands.ts";
import type { TransportBench } from "./transport-bench.ts";

/** A link under test, with all it has told. */
export interface Dialled {
  readonly opened: Promise<Link>;
  readonly events: readonly LinkEvent[];
  abort(): void;
  /** Listeners the transport has left on the signal. */
  readonly listeners: number;
  changes(): readonly Change[];
  /** The texts others have said. */
  said(): readonly string[];
  /** Reasons told; more than one is one too many. */
  closed(): readonly CloseReason[];
}

/** Opens a link with `token`, that of the bench if absent. */
export function dial(
  { transport, token }: TransportBench,
  options: { readonly token?: string; readonly isAborted?: boolean } = {},
): Dialled {
  const events: LinkEvent[] = [];
  const controller = new AbortController();
  if (options.isAborted) controller.abort();
  const { signal, count } = countListeners(controller.signal);
  const request = {
    token: options.token ?? token,
    clientId: newId(),
    receive: (batch: readonly LinkEvent[]): void => void events.push(...batch),
  };
  const opened = transport.open(request, signal);
  opened.catch(() => {}); // looked at later, or not at all
  const changes = (): Change[] => events.flatMap((event) => (event.type === "change" ? [event.change] : []));
  return {
    opened,
    events,
    changes,
    abort: () => controller.abort(),
    get listeners() {
      return count();
    },
    said: () => changes().flatMap(({ record }) => textOf(record)),
    closed: () => events.flatMap((event) => (event.type === "closed" ? [event.reason] : [])),
  };
}

/** The same signal, of which it is known who listens. */
function countListeners(signal: AbortSignal): { signal: AbortSignal; count: () => number } {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>): void => {
    listeners.add(given[1]);
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>): void => {
    listeners.delete(given[1]);
    removeEventListener.apply(signal, given);
  };
  return { signal, count: () => listeners.size };
}

/** An id for a command or a conversation that nobody else has. */
export const newId: () => string = createIds(systemClock, systemRandom);

export function sending(conversationId: string, text: string): SendMessage {
  return {
    type: "message.send",
    commandId: newId(),
    conversationId,
    at: systemClock.now(),
    kind: "text",
    content: { text },
  };
}

export function textOf(record: Change["record"]): readonly string[] {
  return record.type === "message" && "text" in record.content ? [record.content.text] : [];
}
