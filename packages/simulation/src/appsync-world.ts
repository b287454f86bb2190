import type { Random } from "@tidings/core";
import { appSyncTransport } from "@tidings/transport-appsync";
import { createEndpoint, type Endpoint } from "../../transport-appsync/test/endpoint/endpoint.ts";
import { type EndpointFaults, noFaults } from "../../transport-appsync/test/endpoint/faults.ts";
import { createLoopback, type Loopback, ORIGIN } from "../../transport-appsync/test/endpoint/loopback.ts";
import { anyOf, isLikely, pick } from "./chance.ts";
import { createVirtualWorld, type VirtualWorld } from "./virtual-world.ts";
import { clear } from "./weather.ts";

/** The virtual world, with what AppSync is to its clients between them and the backend. */
export interface AppSyncWorld extends VirtualWorld {
  readonly endpoint: Endpoint;
  readonly ways: readonly Loopback[];
}

export function createAppSyncWorld(random: Random): AppSyncWorld {
  const ways: Loopback[] = [];
  let endpoint: Endpoint | undefined;
  const world = createVirtualWorld(
    random,
    (memory, clock) => {
      const authenticate = (token: string): { userId: string } => ({ userId: token });
      const made = (endpoint = createEndpoint({ memory, clock, random, origin: ORIGIN, authenticate }));
      return (userId) => {
        const way = createLoopback(made);
        ways.push(way);
        return appSyncTransport({
          ...{ endpoint: `${ORIGIN}/graphql`, fetch: way.fetch, WebSocket: way.WebSocket },
          ...{ clock, random, auth: { token: () => userId } },
        });
      };
    },
    () => new Promise((resolve) => setImmediate(resolve)),
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
export function disturb({ endpoint, ways }: AppSyncWorld, random: Random): void {
  const way = pick(random, ways);
  if (isLikely(random, 0.2)) way?.cut();
  if (isLikely(random, 0.1)) endpoint.cut(pick(random, [1000, 1001, 1006, 1011]));
  for (const each of ways) each.isOffline = each === way && isLikely(random, 0.1);
  const names = Object.values(switches);
  Object.assign(endpoint.faults, noFaults());
  for (let count = anyOf(random, 4); count > 0; count -= 1)
    Object.assign(endpoint.faults, pick(random, names));
}

/** Nothing goes wrong any more. */
export function calm(world: AppSyncWorld): void {
  clear(world);
  Object.assign(world.endpoint.faults, noFaults());
  for (const way of world.ways) way.isOffline = false;
}
