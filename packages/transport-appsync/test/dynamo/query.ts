import { DynamoFault } from "./dynamo-fault.ts";
import { type Expression, holds, parseExpression, type Substitutes } from "./expressions.ts";
import type { KeyNames, Table } from "./table.ts";
import { checkItem, compare, type Item, sizeOf, type Value } from "./values.ts";

export interface QueryInput extends Substitutes {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression: string;
  readonly ConsistentRead?: boolean;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: unknown;
}

/** What one answer holds at most. */
const LARGEST_PAGE = 1_024 * 1_024;

/**
 * A page of one partition. It is no snapshot: between two of its rows others may write, as long as each row is one that
 * there was.
 *
 * @param turn - lets the others write.
 * @throws {DynamoFault}
 */
export async function query(table: Table, input: QueryInput, turn: () => Promise<void>): Promise<object> {
  const { IndexName, ScanIndexForward = true, Limit = Infinity, ExclusiveStartKey } = input;
  const index = IndexName === undefined ? undefined : table.indexes.get(IndexName);
  if (IndexName !== undefined && !index)
    throw DynamoFault.invalid(`The table does not have the specified index: ${IndexName}`);
  if (index?.isGlobal && input.ConsistentRead)
    throw DynamoFault.invalid("Consistent reads are not supported on global secondary indexes");
  if (Limit < 1) throw DynamoFault.invalid("Limit must be greater than or equal to 1");
  const by: KeyNames = index ?? table.keys;
  const condition = parseExpression(input.KeyConditionExpression, input);
  const rows = table.inOrder(partitionOf(condition, by), by, index?.isGlobal ?? false);
  const start = ExclusiveStartKey === undefined ? undefined : checkItem(ExclusiveStartKey);
  const ordered = ScanIndexForward ? rows : rows.toReversed();
  const Items: Item[] = [];
  let bytes = 0;
  for (const row of ordered.filter((each) => isBehind(each, start, by, ScanIndexForward))) {
    await turn();
    const now = table.get(table.idIn(row));
    if (!now || !holds(condition, now)) continue;
    bytes += sizeOf(now);
    Items.push(index?.isKeysOnly ? pick(now, [...namesOf(table.keys), ...namesOf(by)]) : now);
    if (Items.length < Limit && bytes < LARGEST_PAGE) continue;
    return { Items, Count: Items.length, LastEvaluatedKey: pick(now, [...namesOf(table.keys), ...namesOf(by)]) };
  } // prettier-ignore
  return { Items, Count: Items.length };
}

/** A key condition says which partition, and at most one thing of the sort key. @throws {DynamoFault} */
function partitionOf(condition: Expression, { partition, sort }: KeyNames): Value {
  const parts = condition.is === "and" ? condition.parts : [condition];
  const [first, second, ...others] = parts;
  const isPartition =
    first?.is === "compare" &&
    first.operator === "=" &&
    "name" in first.left &&
    first.left.name === partition;
  const isSort = second === undefined || nameIn(second) === sort;
  if (!isPartition || !isSort || others.length > 0 || !("value" in first.right))
    throw DynamoFault.invalid("Query key condition not supported");
  return first.right.value;
}

function nameIn(part: Expression): string | undefined {
  if (part.is === "begins") return part.name;
  if (part.is === "compare" && part.operator !== "<>")
    return "name" in part.left ? part.left.name : undefined;
  return part.is === "between" && "name" in part.left ? part.left.name : undefined;
}

function isBehind(row: Item, start: Item | undefined, by: KeyNames, isForward: boolean): boolean {
  const [place, from] = [row[by.sort], start?.[by.sort]];
  if (!place || !from) return true;
  return isForward ? compare(place, from) > 0 : compare(place, from) < 0;
}

function namesOf({ partition, sort }: KeyNames): readonly string[] {
  return [partition, sort];
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}
