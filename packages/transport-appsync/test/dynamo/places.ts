import type { DynamoSend } from "../../src/backend/dynamo-send.ts";
import { hasDynamoDbLocal, startDynamoDbLocal } from "./dynamodb-local.ts";
import { createStrictDynamo } from "./strict-dynamo.ts";

/** A DynamoDB to test on. */
export interface DynamoPlace {
  readonly send: DynamoSend;
  close(): Promise<void>;
}

async function openStrict(): Promise<DynamoPlace> {
  const { send } = createStrictDynamo(() => new Promise((resolve) => setImmediate(resolve)));
  return { send, close: async () => {} };
}

/** Where what is written for DynamoDB is tested: always on its rules in memory, and on AWS's own program where there is one. */
export const places: readonly (readonly [name: string, open: () => Promise<DynamoPlace>])[] = [
  ["DynamoDB's rules in memory", openStrict],
  ...(hasDynamoDbLocal ? [["DynamoDB Local", startDynamoDbLocal] as const] : []),
];
