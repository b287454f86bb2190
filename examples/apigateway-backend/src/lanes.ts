import type { Clock } from "@tidings/core";
import { docOf, type Dynamo, expiry, row } from "@tidings/transport-appsync/backend";
import { connectionPartition, sleep } from "./connections.ts";

/** The running numbers of one connection's commands to one conversation (docs/protocol.md, "Order: lanes"). */
export interface Lanes {
  /**
   * The number it waits for. API Gateway calls a function for each message, and one may overtake another: who comes too
   * soon is kept for a moment.
   */
  expected(connectionId: string, conversationId: string, number: number): Promise<number>;
  /** That number is used up. */
  take(connectionId: string, conversationId: string, number: number): Promise<void>;
}

const PATIENCE = { tries: 40, everyMs: 25 };
const DAY_MS = 24 * 60 * 60 * 1_000;

const sortKey = (conversationId: string): string => `N#${conversationId}`;

export function createLanes(database: Dynamo, clock: Clock): Lanes {
  const next = async (connectionId: string, conversationId: string): Promise<number> => {
    const key = { pk: connectionPartition(connectionId), sk: sortKey(conversationId) };
    const [found] = await database.get([key]);
    const { taken }: { readonly taken: number } = found ? docOf(found) : { taken: 0 };
    return taken + 1;
  };

  return {
    async expected(connectionId, conversationId, number) {
      let expected = await next(connectionId, conversationId);
      for (let tries = 0; expected < number && tries < PATIENCE.tries; tries += 1) {
        await sleep(clock, PATIENCE.everyMs);
        expected = await next(connectionId, conversationId);
      }
      return expected;
    },
    async take(connectionId, conversationId, taken) {
      const place = row(connectionPartition(connectionId), sortKey(conversationId), { taken });
      const number = { N: String(taken) };
      const expression = "attribute_not_exists(pk) OR taken < :taken";
      const condition = { expression, values: { ":taken": number } };
      await database.write([
        { item: { ...place, ...expiry(clock.now() + DAY_MS), taken: number }, condition },
      ]);
    },
  };
}
