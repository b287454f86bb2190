import type { Clock } from "../../src/base/clock.ts";
import { createScope } from "../../src/base/observable.ts";
import type { Random } from "../../src/base/random.ts";
import type { TokenSource } from "../../src/connection/credentials.ts";
import type { ConnectionState } from "../../src/connection/machine.ts";
import type { Platform } from "../../src/connection/platform.ts";
import { type Connection, createConnection } from "../../src/connection/supervisor.ts";
import type { LinkEvent } from "../../src/ports/transport.ts";
import { seededRandom } from "../../src/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../src/testing/virtual-clock.ts";
import {
  type ScriptedTransport,
  scriptedTransport,
  type ScriptedTransportOptions,
} from "./scripted-transport.ts";

/** A platform whose network and wake-ups the test makes. */
export interface ScriptedPlatform extends Platform {
  readonly listeners: number;
  setNetwork(hasNetwork: boolean): void;
  wake(): void;
}

function scriptedPlatform(): ScriptedPlatform {
  const listeners = new Set<() => void>();
  let hasNetwork = true;
  const tell = (): void => [...listeners].forEach((listener) => listener());
  return {
    hasNetwork: () => hasNetwork,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get listeners() {
      return listeners.size;
    },
    setNetwork(now) {
      hasNetwork = now;
      tell();
    },
    wake: tell,
  };
}

/** A clock whose machine can be put to sleep: time passes, and no timer rings before it wakes. */
export interface SleepyClock extends VirtualClock {
  sleep(forMs: number): void;
}

export function sleepyClock(): SleepyClock {
  const clock = virtualClock(1_000_000);
  let sleptMs = 0;
  return {
    ...clock,
    get timers() {
      return clock.timers;
    },
    now: () => clock.now() + sleptMs,
    sleep: (forMs) => void (sleptMs += forMs),
  };
}

export interface Harness {
  readonly clock: SleepyClock;
  readonly platform: ScriptedPlatform;
  readonly transport: ScriptedTransport;
  readonly connection: Connection;
  /** What `onLink` and `onEvents` were told, in order. */
  readonly log: string[];
  readonly states: ConnectionState[];
  readonly name: () => string;
}

export interface HarnessOptions extends ScriptedTransportOptions {
  readonly auth?: TokenSource;
  readonly random?: Random;
  readonly connectTimeoutMs?: number;
}

export function harness(options: HarnessOptions = {}): Harness {
  const clock = sleepyClock();
  const platform = scriptedPlatform();
  const transport = scriptedTransport(options);
  const log: string[] = [];
  const states: ConnectionState[] = [];
  const connection = createConnection({
    transport,
    clock: clock satisfies Clock,
    platform,
    random: options.random ?? seededRandom(1),
    scope: createScope((error) => {
      throw error;
    }),
    clientId: "client-1",
    logger: () => {},
    auth: options.auth,
    connectTimeoutMs: options.connectTimeoutMs,
    onLink: (link, error) => void log.push(link ? "link" : `no link: ${error?.code ?? "wanted"}`),
    onEvents: (events: readonly LinkEvent[]) => void log.push(...events.map(({ type }) => type)),
  });
  connection.state.subscribe((state) => void states.push(state));
  return { clock, platform, transport, connection, log, states, name: () => connection.state.get().name };
}

/** Connects, and answers the first attempt. */
export async function online(options: HarnessOptions = {}): Promise<Harness> {
  const made = harness(options);
  made.connection.connect();
  await made.clock.settle();
  made.transport.last().accept();
  await made.clock.settle();
  return made;
}
