import type { Link, OpenRequest, Platform, Random, Storage, Transport } from "@tidings/core";
import type { RecordingHeader } from "@tidings/core/inspect";
import { seededRandom } from "@tidings/core/testing";

/** Settles with what the recording has as the answer to what was asked last. */
export type Answer = () => Promise<unknown>;

/** The links of a replay: nothing arrives on them but what was heard in the recording. */
export interface RecordedLinks {
  readonly transport: Transport;
  /** Whoever listens to the link of this number, if it was opened. */
  listenerOf(link: number): OpenRequest["receive"] | undefined;
}

export function recordedLinks({ supports }: RecordingHeader, answer: Answer): RecordedLinks {
  const listeners: OpenRequest["receive"][] = [];
  const linkOf = (opened: unknown): Link => ({
    submit: () => answered(answer()),
    query: () => answered(answer()),
    ping: () => answered(answer()),
    ...(Object(opened).canRefresh === true && { refresh: () => answered<number | undefined>(answer()) }),
    signal() {},
    close() {},
  });
  const open = (request: OpenRequest): Promise<Link> => {
    listeners.push(request.receive);
    return answer().then(linkOf);
  };
  return { transport: { supports, open }, listenerOf: (link) => listeners[link - 1] };
}

export function recordedStore(durability: Storage["supports"]["durability"], answer: Answer): Storage {
  return {
    supports: { durability },
    open: () => answered(answer()),
    get: () => answer(),
    scan: () => answered(answer()),
    write: () => answered(answer()),
    close: () => answered(answer()),
  };
}

/** What the recording says is believed to be what was asked for: a client takes a wrong answer for what it is. */
function answered<T>(answer: Promise<unknown>): Promise<T> {
  return answer as Promise<T>;
}

/** The same chance where it decides how long to wait; ids of its own. */
export function recordedChance(values: readonly number[]): Random {
  const { fill } = seededRandom(1);
  let next = 0;
  return { fill, next: () => values[next++] ?? 0.5 };
}

export interface RecordedNetwork {
  readonly platform: Platform;
  tell(hasNetwork: boolean): void;
}

export function recordedNetwork(): RecordedNetwork {
  const listeners = new Set<() => void>();
  let hasNetwork = true;
  return {
    platform: {
      hasNetwork: () => hasNetwork,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    tell(next) {
      hasNetwork = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
