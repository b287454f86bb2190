import type { Row } from "./measure/row.ts";
import type { Usage } from "./measure/usage.ts";

/** A run. What is left out has a default. */
export interface LoadOptions {
  /** Where clients connect: `wss://chat.example`. */
  readonly url: string;
  /** Who the clients are: a user each. */
  readonly member: (index: number) => Promise<LoadMember>;
  /** Default 100. */
  readonly clients?: number;
  /** Conversations the clients are spread over, each in one; a message is delivered to all in its own. Default 10. */
  readonly rooms?: number;
  /** Messages said per second by all clients together. Default 100. */
  readonly perSecond?: number;
  /** How long they speak. Default 30. */
  readonly seconds?: number;
  /** Clients that begin to connect each second. Default 500. */
  readonly rampPerSecond?: number;
  /** Length of a message's text. Default 120. */
  readonly bytes?: number;
  /** Processes the clients are spread over; 0 (default): this one. */
  readonly processes?: number;
  /** Loopback addresses to connect from, for a server on this machine that counts by address. Default 0: the system's. */
  readonly addresses?: number;
  /** How long may pass after the last word until everybody has everything. Default 60. */
  readonly settleSeconds?: number;
  /** What the server's processes have used so far; asked once a second. */
  readonly usage?: () => Promise<readonly (Usage | undefined)[]>;
  /**
   * Of what servers that count (`usageOfMetrics`) look up, how much they have to have in memory: 0.9 for nine of ten.
   * Default 0: any.
   */
  readonly leastRecalled?: number;
  /** What happens meanwhile; the clients speak at least until it is over. */
  readonly during?: ((run: LoadRun) => Promise<void>) | undefined;
  readonly onRow?: (row: Row) => void;
  readonly say?: (line: string) => void;
  /** Ends the speaking; everything else is done to its end. */
  readonly signal?: AbortSignal | undefined;
}

export interface LoadMember {
  readonly userId: string;
  readonly token: string;
}

/** A run, for what happens meanwhile. */
export interface LoadRun {
  /** Does something to the server, and waits until everybody is online and nobody waits for a message. */
  disturb(name: string, action: () => Promise<void>): Promise<Disturbance>;
  /** Every client lets its link go at the same moment and comes back. */
  reconnectAll(): Promise<Disturbance>;
}

/** Something that was done to the server, and how it was got over. */
export interface Disturbance {
  readonly name: string;
  /** Seconds into the run. */
  readonly at: number;
  /** What was done took this long. */
  readonly actionSeconds: number;
  /** From its beginning until all clients were online and had every message. 0: nobody noticed; undefined: they never did. */
  readonly recoverySeconds: number | undefined;
  /** How many of the clients had to connect again, and took one attempt, two, or more. */
  readonly attempts: {
    readonly first: number;
    readonly second: number;
    readonly later: number;
    /** Handshakes that failed though they were a client's second try, or a later one: there ought to be none. */
    readonly failedAgain: number;
  };
}

export type LoadSettings = Required<LoadOptions>;

export function withDefaults(options: LoadOptions): LoadSettings {
  return {
    ...{ clients: 100, rooms: 10, perSecond: 100, seconds: 30, rampPerSecond: 500, bytes: 120 },
    ...{
      processes: 0,
      addresses: 0,
      settleSeconds: 60,
      leastRecalled: 0,
      during: undefined,
      signal: undefined,
    },
    usage: async () => [],
    onRow: () => {},
    say: () => {},
    ...options,
  };
}
