import type { Clock, Random } from "@tidings/core";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { appSyncTransport } from "@tidings/transport-appsync";
import { appSyncPolicy } from "@tidings/transport-appsync/backend";
import { deploy } from "../../transport-appsync/test/backend/deployment.ts";
import type { StrictDynamo } from "../../transport-appsync/test/dynamo/strict-dynamo.ts";
import { createEndpoint, type Endpoint } from "../../transport-appsync/test/endpoint/endpoint.ts";
import { type EndpointFaults, noFaults } from "../../transport-appsync/test/endpoint/faults.ts";
import { createLoopback, type Loopback, ORIGIN } from "../../transport-appsync/test/endpoint/loopback.ts";
import { anyOf, isLikely, pick } from "./chance.ts";
import { readHistory } from "./history.ts";
import {
  CONVERSATION,
  createVirtualWorld,
  PARTICIPANTS,
  START_MS,
  type VirtualWorld,
} from "./virtual-world.ts";
import { clear } from "./weather.ts";

const FIRST_ID = "019b796d-d600-7000-8000-000000000001";

/** The virtual world, with what AppSync is to its clients between them and the backend. */
export interface AppSyncWorld extends VirtualWorld {
  readonly endpoint: Endpoint;
  readonly ways: readonly Loopback[];
  /** Where what is deployed keeps everything. */
  readonly dynamo?: StrictDynamo;
}

const authenticate = (token: string): { userId: string } => ({ userId: token });
/** Chains of promises on this way are longer than the virtual clock waits for. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client's transport, and its way to the endpoint. */
function wayTo(
  endpoint: Endpoint,
  userId: string,
  given: { readonly clock: Clock; readonly random: Random },
) {
  const way = createLoopback(endpoint);
  const { fetch, WebSocket } = way;
  const auth = { token: () => userId };
  const transport = appSyncTransport({ ...given, endpoint: `${ORIGIN}/graphql`, fetch, WebSocket, auth });
  return { way, transport };
}

/** With the rules in memory behind it. */
export function createAppSyncWorld(random: Random): AppSyncWorld {
  const ways: Loopback[] = [];
  let endpoint: Endpoint | undefined;
  const world = createVirtualWorld(
    random,
    (memory, clock) => {
      const made = (endpoint = createEndpoint({ memory, clock, random, origin: ORIGIN, authenticate }));
      return (userId) => {
        const { way, transport } = wayTo(made, userId, { clock, random });
        ways.push(way);
        return transport;
      };
    },
    settle,
  );
  if (!endpoint) throw new TypeError("unable to begin; the world has no endpoint");
  const { cut } = endpoint;
  return {
    ...world,
    ...{ endpoint, ways },
    beginEpoch() {
      world.beginEpoch();
      cut(1001);
    },
  };
}

/** With what the template deploys behind it. What goes wrong in the memory of the other does not reach this one. */
export async function createDeployedWorld(random: Random): Promise<AppSyncWorld> {
  const clock = virtualClock(START_MS, settle);
  const policy = { ...appSyncPolicy, limits: { ...appSyncPolicy.limits, pageSize: 10 } };
  const { resolvers, backend, dynamo } = await deploy({
    clock,
    policy,
    lobbies: {},
    random: seededRandom(3),
  });
  const endpoint = createEndpoint({ resolvers, clock, random, origin: ORIGIN, authenticate });
  const ways: Loopback[] = [];
  const world = createVirtualWorld(
    random,
    () => (userId) => {
      const { way, transport } = wayTo(endpoint, userId, { clock, random });
      ways.push(way);
      return transport;
    },
    settle,
    clock,
  );
  const [owner, ...others] = PARTICIPANTS;
  const command = {
    type: "conversation.create",
    commandId: FIRST_ID,
    at: 0,
    kind: "community",
    participants: others,
  };
  await backend({ field: "submit", args: { conversationId: CONVERSATION, command }, userId: owner.userId });
  return {
    ...world,
    ...{ endpoint, ways, dynamo },
    history: () =>
      readHistory(wayTo(endpoint, owner.userId, { clock, random }).transport, undefined, CONVERSATION),
  };
}

/** One switch of the endpoint's, each as bad as it gets without being the end of all. */
export const switches: { readonly [Name in keyof EndpointFaults]: Partial<EndpointFaults> } = {
  drop: { drop: 0.5 },
  duplicate: { duplicate: 0.5 },
  delayMs: { delayMs: 2_000 },
  reorderMs: { reorderMs: 1_500 },
  silent: { silent: true },
  thin: { thin: true },
  objectErrors: { objectErrors: true, unavailable: 0.1 },
  limitStarts: { limitStarts: 40 },
  deafMs: { deafMs: 2_500 },
  invalidation: { invalidation: "none" },
  loseAnswers: { loseAnswers: 0.1 },
  unavailable: { unavailable: 0.2 },
};

/** Something else goes wrong from now on. */
export function disturb({ endpoint, ways, dynamo }: AppSyncWorld, random: Random): void {
  const way = pick(random, ways);
  if (isLikely(random, 0.2)) way?.cut();
  if (isLikely(random, 0.1)) endpoint.cut(pick(random, [1000, 1001, 1006, 1011]));
  for (const each of ways) each.isOffline = each === way && isLikely(random, 0.1);
  const names = Object.values(switches);
  Object.assign(endpoint.faults, noFaults());
  for (let count = anyOf(random, 4); count > 0; count -= 1)
    Object.assign(endpoint.faults, pick(random, names));
  if (dynamo) Object.assign(dynamo.faults, { unprocessed: 0.1, throttled: 0.05, unheard: anyOf(random, 2) });
}

/** Nothing goes wrong any more. */
export function calm(world: AppSyncWorld): void {
  clear(world);
  Object.assign(world.endpoint.faults, noFaults());
  if (world.dynamo) Object.assign(world.dynamo.faults, { unprocessed: 0, throttled: 0, unheard: 0 });
  for (const way of world.ways) way.isOffline = false;
}
