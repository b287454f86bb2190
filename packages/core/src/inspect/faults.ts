import { type Clock, systemClock } from "../base/clock.ts";
import { createScope, type Observable } from "../base/observable.ts";
import { type Random, systemRandom } from "../base/random.ts";
import type { ClientOptions } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { browserPlatform, type Platform } from "../connection/platform.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage } from "../ports/storage.ts";
import type { Link, LinkEvent, Transport } from "../ports/transport.ts";
import { faultyTransport, type LinkFaults } from "../testing/faulty-transport.ts";

/** What is made worse than it is. */
export interface FaultSettings {
  /** Whatever goes to or comes from the backend takes so much longer, ms. */
  readonly delayMs: number;
  /** This share of what is pushed does not arrive though the link lives, 0 to 1. */
  readonly dropPushes: number;
  /** Commands take effect, and their acks get lost with the link. */
  readonly loseAcks: boolean;
  /** The platform says there is no network. */
  readonly isOffline: boolean;
  /** Nothing more fits on storage; what is there can be read and erased. */
  readonly isStorageFull: boolean;
}

/** Makes things worse by hand, to see what a client does about it. For development: whoever uses the app can get at it. */
export interface Faults {
  readonly settings: Observable<FaultSettings>;
  /** What is not named stays as it is. */
  set(settings: Partial<FaultSettings>): void;
  /** Breaks every open link, once. */
  cut(): void;
  /** Told right before. */
  onCut(listener: () => void): void;
  /** The same options, at the mercy of these faults. */
  wrap<Schemas extends CustomSchemas>(options: ClientOptions<Schemas>): ClientOptions<Schemas>;
}

const none: FaultSettings = {
  ...{ delayMs: 0, dropPushes: 0, loseAcks: false, isOffline: false, isStorageFull: false },
};

/** @example `createInspectedClient(options, { faults: createFaults() })` */
export function createFaults(random: Random = systemRandom): Faults {
  const settings = createScope(() => {}).cell(none);
  const cuts = new Set<() => void>();
  const told = new Set<() => void>();
  const linkFaults: LinkFaults = {
    dropEvent: () => settings.get().dropPushes > random.next(),
    loseAck: () => settings.get().loseAcks,
  };
  return {
    settings,
    set: (changes) => settings.set({ ...settings.get(), ...changes }),
    cut() {
      for (const each of [...told, ...cuts]) each();
    },
    onCut: (listener) => void told.add(listener),
    wrap(options) {
      const { transport, storage, clock = systemClock, platform = browserPlatform() } = options;
      const slow = delayed(transport, clock, () => settings.get().delayMs);
      const faulty = faultyTransport(slow, linkFaults);
      cuts.add(faulty.cut);
      return {
        ...options,
        transport: faulty,
        platform: pulled(platform, settings),
        ...(storage && { storage: full(storage, () => settings.get().isStorageFull) }),
      };
    },
  };
}

function pulled(platform: Platform, settings: Observable<FaultSettings>): Platform {
  return {
    hasNetwork: () => !settings.get().isOffline && platform.hasNetwork(),
    subscribe(listener) {
      const stops = [platform.subscribe(listener), settings.subscribe(listener)];
      return () => stops.forEach((stop) => stop());
    },
  };
}

function full(storage: Storage, isFull: () => boolean): Storage {
  return {
    get supports() {
      return storage.supports;
    },
    open: () => storage.open(),
    get: (key) => storage.get(key),
    scan: (range) => storage.scan(range),
    close: () => storage.close(),
    async write(operations) {
      if (isFull() && operations.some(({ type }) => type === "put")) {
        const message = "unable to write; the storage is full, as the inspector was asked for";
        throw new MessagingError("storage/full", { message });
      }
      return storage.write(operations);
    },
  };
}

/** Later, and in the order it was. */
function delayed(transport: Transport, clock: Clock, delayMs: () => number): Transport {
  const later = createQueue(clock, delayMs);
  return {
    get supports() {
      return transport.supports;
    },
    async open(request, signal) {
      await later();
      const receive = (events: readonly LinkEvent[]): void =>
        void later().then(() => request.receive(events));
      const link = await transport.open({ ...request, receive }, signal);
      await later();
      return delayedLink(link, later);
    },
  };
}

function delayedLink(link: Link, later: () => Promise<void>): Link {
  const { refresh } = link;
  const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } finally {
      await later();
    }
  };
  return {
    submit: (command) => slowly(() => link.submit(command)),
    query: (query) => slowly(() => link.query(query)),
    signal: (signal) => link.signal(signal),
    ping: () => slowly(() => link.ping()),
    ...(refresh && { refresh: (token: string) => slowly(() => refresh.call(link, token)) }),
    close: () => link.close(),
  };
}

/** One after the other: what was let through later never arrives before what was let through sooner. */
function createQueue(clock: Clock, delayMs: () => number): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let dueMs = 0;
  return () => {
    const waitMs = delayMs();
    if (waitMs === 0 && clock.now() >= dueMs) return last;
    dueMs = Math.max(dueMs, clock.now() + waitMs);
    const passed = new Promise<void>((done) => clock.after(dueMs - clock.now(), done));
    return (last = Promise.all([last, passed]).then(() => {}));
  };
}
