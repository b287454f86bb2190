import { DynamoFault } from "./dynamo-fault.ts";
import { checkItem, checkKeyValue, compare, type Item, sizeOf, type Value } from "./values.ts";

/** Two attributes by which rows are found and ordered. */
export interface KeyNames {
  readonly partition: string;
  readonly sort: string;
}

interface Index extends KeyNames {
  /** Of another partition key than the table's: never strongly consistent. */
  readonly isGlobal: boolean;
  readonly isKeysOnly: boolean;
}

interface KeySchema {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchema[];
  readonly Projection: { readonly ProjectionType: string };
}

/** What `CreateTable` is told. */
export interface TableDefinition {
  readonly TableName: string;
  readonly BillingMode: string;
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  readonly KeySchema: readonly KeySchema[];
  readonly LocalSecondaryIndexes?: readonly IndexDefinition[];
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[];
}

/** Rows by their keys, and what no table of DynamoDB would take. */
export class Table {
  readonly keys: KeyNames;
  readonly indexes: ReadonlyMap<string, Index>;
  timeToLive: string | undefined;
  readonly #types: ReadonlyMap<string, string>;
  readonly #partitions = new Map<string, Map<string, Item>>();

  constructor(definition: TableDefinition) {
    const { AttributeDefinitions, KeySchema, LocalSecondaryIndexes = [] } = definition;
    const { GlobalSecondaryIndexes = [] } = definition;
    this.keys = namesIn(KeySchema);
    this.#types = new Map(AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
    const indexOf = (isGlobal: boolean) => (each: IndexDefinition): [string, Index] => [
      each.IndexName,
      { ...namesIn(each.KeySchema), isGlobal, isKeysOnly: each.Projection.ProjectionType === "KEYS_ONLY" },
    ]; // prettier-ignore
    this.indexes = new Map([
      ...LocalSecondaryIndexes.map(indexOf(false)),
      ...GlobalSecondaryIndexes.map(indexOf(true)),
    ]);
    const used = [this.keys, ...this.indexes.values()].flatMap(({ partition, sort }) => [partition, sort]);
    if ([...this.#types.keys()].sort().join() !== [...new Set(used)].sort().join())
      throw DynamoFault.invalid("Number of attributes in KeySchema does not match AttributeDefinitions");
  }

  /** Names a row, among all of this table. @throws {DynamoFault} if it is no key of this table. */
  idOf(key: unknown): string {
    const { partition, sort } = this.keys;
    const item = checkItem(key);
    if (Object.keys(item).sort().join() !== [partition, sort].sort().join())
      throw DynamoFault.invalid("The provided key element does not match the schema");
    return this.idIn(item);
  }

  /** @throws {DynamoFault} if the table would not take it. */
  check(given: unknown): Item {
    const item = checkItem(given);
    this.idIn(item);
    for (const [name, type] of this.#types) {
      const value = item[name];
      if (value !== undefined && !(type in value))
        throw DynamoFault.invalid(`Type mismatch for Index Key ${name}, expected ${type}`);
    }
    return item;
  }

  idIn(item: Item): string {
    const { partition, sort } = this.keys;
    checkKeyValue(partition, item[partition], false);
    checkKeyValue(sort, item[sort], true);
    return JSON.stringify([item[partition], item[sort]]);
  }

  get(id: string): Item | undefined {
    return this.#partitions.get(partitionIn(id))?.get(id);
  }

  put(item: Item): void {
    const id = this.idIn(item);
    const partition = this.#partitions.get(partitionIn(id)) ?? new Map<string, Item>();
    this.#partitions.set(partitionIn(id), partition.set(id, item));
  }

  remove(id: string): void {
    this.#partitions.get(partitionIn(id))?.delete(id);
  }

  /** Rows of one value of the partition key, in the order of the table or of an index, which holds only what has its keys. */
  inOrder(value: Value, by: KeyNames, isGlobal: boolean): readonly Item[] {
    const inside = isGlobal
      ? this.all().filter((item) => JSON.stringify(item[by.partition]) === JSON.stringify(value))
      : [...(this.#partitions.get(JSON.stringify(value))?.values() ?? [])];
    const placed = inside.flatMap((item) => {
      const place = item[by.sort];
      return place === undefined ? [] : [{ item, place }];
    });
    return placed.sort((one, other) => compare(one.place, other.place)).map(({ item }) => item);
  }

  all(): readonly Item[] {
    return [...this.#partitions.values()].flatMap((rows) => [...rows.values()]);
  }

  /** TTL gets round to it: what is due is deleted. */
  expire(atMs: number): void {
    const name = this.timeToLive;
    if (name === undefined) return;
    for (const item of this.all()) {
      const due = item[name];
      if (due && "N" in due && Number(due.N) * 1_000 <= atMs) this.remove(this.idIn(item));
    }
  }

  get bytes(): number {
    return this.all().reduce((sum, item) => sum + sizeOf(item), 0);
  }
}

function namesIn(schema: readonly KeySchema[]): KeyNames {
  const nameOf = (type: string): string | undefined =>
    schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const [partition, sort] = [nameOf("HASH"), nameOf("RANGE")];
  if (partition === undefined || sort === undefined)
    throw DynamoFault.invalid("tables and indexes have two keys here");
  return { partition, sort };
}

function partitionIn(id: string): string {
  const [partition]: readonly unknown[] = JSON.parse(id);
  return JSON.stringify(partition);
}
