import type { Random } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import type { DynamoSend } from "../../src/backend/dynamo-send.ts";
import { DynamoFault } from "./dynamo-fault.ts";
import { query } from "./query.ts";
import { Table } from "./table.ts";
import { type Locks, transactGet, type TransactItem, transactWrite, write } from "./transact.ts";

/** What DynamoDB may do beside answering. Nothing of it happens until set. */
export interface DynamoFaults {
  /** The share of keys of a BatchGetItem that are left for another. */
  unprocessed: number;
  /** The share of requests that are too many. */
  throttled: number;
  /** The share of rows of a transaction that are written too often: none of it is done. */
  hot: number;
  /** So many requests to come fail, and nothing is done. */
  failing: number;
  /** The next transaction of this table fails, and nothing is done. */
  unwritten: string | undefined;
  /** So many transactions to come take effect, and nobody is told. */
  unheard: number;
}

/**
 * DynamoDB's rules in memory: keys and their sizes, conditions, transactions of a hundred rows and who is in their way,
 * pages of one megabyte, items of 400 kB, indexes, TTL that deletes when it gets round to it. Requests made at once are
 * interleaved, row by row, and reads of several rows are no snapshot. What nothing of ours uses is refused, so that it
 * is not taken for tested.
 */
export interface StrictDynamo {
  readonly send: DynamoSend;
  readonly faults: DynamoFaults;
  /** How often each operation was asked for. */
  readonly counts: Readonly<Record<string, number>>;
  table(name: string): Table;
}

type Input = Readonly<Record<string, unknown>>;

const PARAMETERS: Readonly<Record<string, string>> = {
  CreateTable:
    "TableName BillingMode AttributeDefinitions KeySchema LocalSecondaryIndexes GlobalSecondaryIndexes",
  UpdateTimeToLive: "TableName TimeToLiveSpecification",
  DescribeTimeToLive: "TableName",
  GetItem: "TableName Key ConsistentRead",
  BatchGetItem: "RequestItems",
  TransactGetItems: "TransactItems",
  Query:
    "TableName IndexName KeyConditionExpression ConsistentRead ScanIndexForward Limit ExclusiveStartKey ExpressionAttributeNames ExpressionAttributeValues",
  PutItem:
    "TableName Item ConditionExpression ExpressionAttributeNames ExpressionAttributeValues ReturnValuesOnConditionCheckFailure",
  DeleteItem:
    "TableName Key ConditionExpression ExpressionAttributeNames ExpressionAttributeValues ReturnValuesOnConditionCheckFailure",
  TransactWriteItems: "TransactItems",
};

const MOST_KEYS = 100;
/** The longest that one step of a request waits for those of others. */
const MOST_TURNS = 4;

/**
 * @param travel - how a request gets there; at once by default, which is for simulated time: whoever asks again and again
 *   lets no timer run.
 */
export function createStrictDynamo(
  travel: () => Promise<void> = async () => {},
  random: Random = seededRandom(1),
): StrictDynamo {
  const tables = new Map<string, Table>();
  const locks: Locks = new Set();
  const nothing = { unprocessed: 0, throttled: 0, hot: 0, failing: 0, unheard: 0 };
  const faults: DynamoFaults = { ...nothing, unwritten: undefined };
  const counts: Record<string, number> = {};

  const tableOf = (name: string): Table => {
    const table = tables.get(name);
    if (!table)
      throw new DynamoFault("ResourceNotFoundException", "Cannot do operations on a non-existent table");
    return table;
  };
  const turn = async (): Promise<void> => {
    for (let left = Math.floor(random.next() * MOST_TURNS); left > 0; left -= 1) await Promise.resolve();
  };
  const batchGet = async (requests: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>) => {
    const asked = Object.entries(requests).flatMap(([name, { Keys }]) =>
      Keys.map((key) => ({ name, key, id: tableOf(name).idOf(key) })),
    );
    if (asked.length < 1 || asked.length > MOST_KEYS)
      throw DynamoFault.invalid(`Too many items requested for the BatchGetItem call: ${asked.length}`);
    if (new Set(asked.map(({ name, id }) => name + id)).size < asked.length)
      throw DynamoFault.invalid("Provided list of item keys contains duplicates");
    const Responses: Record<string, object[]> = {};
    const UnprocessedKeys: Record<string, { Keys: unknown[] }> = {};
    // In no order.
    for (const { name, key, id } of asked.toSorted(() => random.next() - 0.5)) {
      await turn();
      if (random.next() < faults.unprocessed) (UnprocessedKeys[name] ??= { Keys: [] }).Keys.push(key);
      else (Responses[name] ??= []).push(...[tableOf(name).get(id)].filter((item) => item !== undefined));
    }
    return { Responses, UnprocessedKeys };
  };

  const run = async (operation: string, input: Input): Promise<object> => {
    await travel();
    await turn();
    if (faults.failing > 0) {
      faults.failing -= 1;
      throw new DynamoFault("InternalServerError", "the disk is on fire", {}, 500);
    }
    if (random.next() < faults.throttled)
      throw new DynamoFault("ThrottlingException", "Throughput exceeds the current capacity");
    const name = String(input["TableName"]);
    switch (operation) {
      case "CreateTable":
        tables.set(name, new Table(Object(input)));
        return {};
      case "UpdateTimeToLive": {
        const { AttributeName } = Object(input["TimeToLiveSpecification"]);
        tableOf(name).timeToLive = String(AttributeName);
        return {};
      }
      case "DescribeTimeToLive": {
        const AttributeName = tableOf(name).timeToLive;
        return { TimeToLiveDescription: { AttributeName, TimeToLiveStatus: "ENABLED" } };
      }
      case "GetItem": {
        const item = tableOf(name).get(tableOf(name).idOf(input["Key"]));
        return item ? { Item: item } : {};
      }
      case "BatchGetItem":
        return batchGet(Object(input["RequestItems"]));
      case "TransactGetItems":
        return { Responses: transactGet(tableOf, locks, Object(input["TransactItems"])) };
      case "Query":
        return query(tableOf(name), Object(input), turn);
      case "PutItem":
        write(tableOf, locks, { Put: Object(input) });
        return {};
      case "DeleteItem":
        write(tableOf, locks, { Delete: Object(input) });
        return {};
      default: {
        if (faults.unwritten !== undefined && JSON.stringify(input).includes(`"${faults.unwritten}"`)) {
          faults.unwritten = undefined;
          throw new DynamoFault("InternalServerError", "the disk is on fire", {}, 500);
        }
        const items: readonly TransactItem[] = Object(input["TransactItems"]);
        await transactWrite(tableOf, locks, items, turn, () => faults.hot > 0 && random.next() < faults.hot);
        if (faults.unheard === 0) return {};
        faults.unheard -= 1;
        throw new TypeError("fetch failed");
      }
    }
  };

  return {
    faults,
    counts,
    table: tableOf,
    async send(operation, body) {
      counts[operation] = (counts[operation] ?? 0) + 1;
      const input: Input = JSON.parse(JSON.stringify(body)); // as it would travel
      try {
        checkParameters(operation, input);
        return { ok: true, body: structuredClone(await run(operation, input)) };
      } catch (error) {
        if (error instanceof DynamoFault) return { ok: false, body: error.body };
        throw error;
      }
    },
  };
}

function checkParameters(operation: string, input: Input): void {
  const known = PARAMETERS[operation]?.split(" ");
  if (!known)
    throw new DynamoFault("UnknownOperationException", `${operation} is no operation of this table`);
  const strangers = Object.keys(input).filter((name) => !known.includes(name));
  if (strangers.length > 0) throw DynamoFault.invalid(`${operation} has no ${strangers.join()}`);
}
