import type { DynamoReply, DynamoSend } from "./dynamo-send.ts";

/** An attribute, as DynamoDB writes it. */
export type Value = { readonly S: string } | { readonly N: string };
export type Item = { readonly [name: string]: Value };

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export interface Condition {
  readonly expression: string;
  readonly values?: Item;
}

/** One row to be written or removed, and what must be true of the one that is there. */
export type Write = ({ readonly item: Item } | { readonly remove: Key }) & { readonly condition?: Condition };

/** A part of one partition, in the order of its sort key. */
export interface Stretch {
  readonly pk: string;
  /** Absent: the table itself, by `sk`. */
  readonly index?: "byRev" | "bySeq";
  readonly from: Value;
  readonly to: Value;
  readonly isBackwards?: boolean;
  readonly limit?: number;
}

export interface DynamoOptions {
  readonly table: string;
  readonly send: DynamoSend;
}

/** What is asked of one table with the keys `pk` and `sk`. All reads are strongly consistent. */
export interface Dynamo {
  /** Those of the rows that are there, in any order. */
  get(keys: readonly Key[]): Promise<readonly Item[]>;
  query(stretch: Stretch): Promise<readonly Item[]>;
  /** All of it, a page at a time, until the reader has had enough. */
  pages(stretch: Stretch): AsyncIterable<readonly Item[]>;
  /** All or nothing. @returns false if a condition did not hold, or somebody else was at it. */
  write(writes: readonly Write[]): Promise<boolean>;
}

/** DynamoDB said no, and not because of what is in the table. */
export class DynamoError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(`unable to use DynamoDB; ${type}: ${message}`);
    this.type = type;
  }
}

/** Keys in one BatchGetItem. */
const MOST_KEYS = 100;

/** Of what is in the way of a transaction: somebody else. All other reasons are DynamoDB's own. */
const OTHERS = new Set(["None", "ConditionalCheckFailed", "TransactionConflict"]);

interface Answer {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

interface Refused {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
  readonly CancellationReasons?: readonly { readonly Code: string }[];
}

/** DynamoDB by four of its operations, which need no SDK. Whoever writes must know what it has already done. */
export function createDynamo({ table, send }: DynamoOptions): Dynamo {
  const ask = async (operation: string, body: object): Promise<DynamoReply> => {
    try {
      return await send(operation, body);
    } catch (error) {
      throw new DynamoError("NoAnswer", String(error));
    }
  };
  const call = async (operation: string, body: object): Promise<Answer> => {
    const { ok, body: answer } = await ask(operation, body);
    if (!ok) throw errorOf(Object(answer));
    return Object(answer);
  };

  const getSome = async (keys: readonly Key[]): Promise<readonly Item[]> => {
    const found: Item[] = [];
    let left: readonly Item[] = keys.map(keyItem);
    while (left.length > 0) {
      const answer = await call("BatchGetItem", {
        RequestItems: { [table]: { Keys: left, ConsistentRead: true } },
      });
      found.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  };

  async function* pages({ pk, index, from, to, isBackwards = false, limit }: Stretch) {
    const sort = { byRev: "rev", bySeq: "seq", sk: "sk" }[index ?? "sk"];
    const asked = {
      ...{ TableName: table, ConsistentRead: true, ScanIndexForward: !isBackwards },
      ...(index && { IndexName: index }),
      ...(limit !== undefined && { Limit: limit }),
      KeyConditionExpression: "pk = :pk AND #sort BETWEEN :from AND :to",
      ExpressionAttributeNames: { "#sort": sort },
      ExpressionAttributeValues: { ":pk": text(pk), ":from": from, ":to": to },
    };
    let start: Item | undefined;
    do {
      const answer = await call("Query", { ...asked, ...(start && { ExclusiveStartKey: start }) });
      yield answer.Items ?? [];
      start = answer.LastEvaluatedKey;
    } while (start);
  }

  return {
    pages,
    async get(keys) {
      const parts: Promise<readonly Item[]>[] = [];
      for (let first = 0; first < keys.length; first += MOST_KEYS)
        parts.push(getSome(keys.slice(first, first + MOST_KEYS)));
      return (await Promise.all(parts)).flat();
    },
    async query(stretch) {
      const items: Item[] = [];
      const { limit = Infinity } = stretch;
      for await (const page of pages(stretch)) {
        items.push(...page);
        if (items.length >= limit) break;
      }
      return items.slice(0, limit);
    },
    async write(writes) {
      const TransactItems = writes.map((write) => action(table, write));
      const { ok, body } = await ask("TransactWriteItems", { TransactItems });
      if (ok) return true;
      const refused: Refused = Object(body);
      const reasons = refused.CancellationReasons ?? [];
      if (typeOf(refused) === "TransactionConflictException") return false;
      if (reasons.length > 0 && reasons.every(({ Code }) => OTHERS.has(Code))) return false;
      throw errorOf(refused);
    },
  };
}

export function text(value: string): Value {
  return { S: value };
}

export function number(value: number): Value {
  return { N: String(value) };
}

export function textOf(item: Item, name: string): string {
  const value = item[name];
  return value && "S" in value ? value.S : "";
}

export function numberOf(item: Item, name: string): number {
  const value = item[name];
  return value && "N" in value ? Number(value.N) : 0;
}

function keyItem({ pk, sk }: Key): Item {
  return { pk: text(pk), sk: text(sk) };
}

function action(TableName: string, write: Write): object {
  const { condition } = write;
  const ifSo = condition && { ConditionExpression: condition.expression };
  const values = condition?.values && { ExpressionAttributeValues: condition.values };
  const common = { TableName, ...ifSo, ...values };
  if ("remove" in write) return { Delete: { ...common, Key: keyItem(write.remove) } };
  return { Put: { ...common, Item: write.item } };
}

function typeOf({ __type = "unknown" }: Refused): string {
  return __type.slice(__type.indexOf("#") + 1);
}

function errorOf(refused: Refused): DynamoError {
  const reasons = refused.CancellationReasons?.map(({ Code }) => Code).join(", ");
  return new DynamoError(typeOf(refused), refused.message ?? refused.Message ?? reasons ?? "");
}
