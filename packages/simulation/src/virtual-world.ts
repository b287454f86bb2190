import {
  type Client,
  type ClientOptions,
  type Clock,
  createClient,
  type Random,
  type Transport,
} from "@tidings/core";
import { createMemoryBackend, type MemoryBackend } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import {
  type FaultyTransport,
  faultyTransport,
  type VirtualClock,
  virtualClock,
} from "@tidings/core/testing";
import { countingClock } from "./counting-clock.ts";
import { logDelivery } from "./delivery-log.ts";
import { type History, readHistory } from "./history.ts";
import type { Witness } from "./oracle.ts";
import { watchTimeline } from "./timeline-watch.ts";

/** A client whose time and chance are simulated. */
export interface VirtualMember extends Witness {
  readonly link: FaultyTransport;
  /** Timers of this client that wait. */
  readonly timers: number;
}

/** Three clients of the in-memory backend, on one clock, from one seed: a day passes in a moment, and can be replayed. */
export interface VirtualWorld {
  readonly backend: MemoryBackend;
  readonly members: readonly VirtualMember[];
  pass(ms: number): Promise<void>;
  /** The backend counts anew, as after a restored backup; nothing is lost in this one. */
  beginEpoch(): void;
  history(): Promise<History>;
  close(): Promise<void>;
}

export const CONVERSATION = "room";
/** Some day in 2026; ids hold it. */
export const START_MS = 1_790_000_000_000;

/** Ada owns a community, Bob moderates, Cyd is a member. */
export const PARTICIPANTS = [
  { userId: "ada", role: "owner" },
  { userId: "bob", role: "moderator" },
  { userId: "cyd", role: "member" },
] as const;

/** What is between the clients and the backend. */
export type Way = (backend: MemoryBackend, clock: Clock) => (userId: string) => Transport;

const direct: Way = (backend) => (userId) => backend.transport(userId);

/**
 * Three people in one community; they may come and go.
 *
 * @param settle - for ways on which more promises are chained than the virtual clock waits for.
 * @param make - how their clients are made.
 */
export function createVirtualWorld(
  random: Random,
  way: Way = direct,
  settle?: () => Promise<void>,
  clock: VirtualClock = virtualClock(START_MS, settle),
  make: (options: ClientOptions) => Client = createClient,
): VirtualWorld {
  const backend = createMemoryBackend({
    clock,
    random,
    policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 10 } },
    conversations: [{ conversationId: CONVERSATION, kind: "community", participants: PARTICIPANTS }],
  });

  let epochs = 0;
  const transport = way(backend, clock);
  const members = PARTICIPANTS.map(({ userId }): VirtualMember => {
    const link = faultyTransport(transport(userId));
    const own = countingClock(clock);
    const client = make({ transport: link, clock: own, random, userId });
    const delivery = logDelivery(client);
    const room = client.conversation(CONVERSATION);
    const watch = watchTimeline(room);
    let known = 0;
    client.connection.subscribe(({ name }) => {
      if (name === "online" && known !== epochs) watch.forget();
      if (name === "online") known = epochs;
    });
    return {
      userId,
      client,
      room,
      link,
      delivery,
      watch,
      get timers() {
        return own.timers;
      },
    };
  });

  return {
    backend,
    members,
    pass: (ms) => clock.advance(ms),
    beginEpoch() {
      epochs += 1;
      backend.faults.restore();
    },
    history: () => readHistory(backend.transport("ada"), undefined, CONVERSATION),
    async close() {
      await Promise.all(members.map(({ client }) => client.close()));
    },
  };
}
