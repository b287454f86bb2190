import { DynamoFault } from "./dynamo-fault.ts";
import { holds, parseExpression, type Substitutes } from "./expressions.ts";
import type { Table } from "./table.ts";
import { type Item, sizeOf } from "./values.ts";

interface Target extends Substitutes {
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

export interface PutInput extends Target {
  readonly Item: unknown;
}

export interface DeleteInput extends Target {
  readonly Key: unknown;
}

export interface TransactItem {
  readonly Put?: PutInput;
  readonly Delete?: DeleteInput;
  readonly ConditionCheck?: DeleteInput;
}

/** One row, and what is to become of it. */
interface Action {
  readonly table: Table;
  readonly id: string;
  /** Everywhere. */
  readonly lock: string;
  /** Absent: removed, or only looked at. */
  readonly item: Item | undefined;
  readonly isOnlyCheck: boolean;
  readonly isAllowed: (found: Item | undefined) => boolean;
  readonly returnsOld: boolean;
}

/** Rows that a transaction is at. */
export type Locks = Set<string>;

const MOST_ACTIONS = 100;
const MOST_BYTES = 4 * 1_024 * 1_024;

/** One write by itself. @throws {DynamoFault} */
export function write(tableOf: (name: string) => Table, locks: Locks, given: TransactItem): void {
  const action = actionOf(tableOf, given);
  if (locks.has(action.lock))
    throw new DynamoFault("TransactionConflictException", "Transaction is ongoing for the item");
  if (!action.isAllowed(action.table.get(action.id)))
    throw new DynamoFault("ConditionalCheckFailedException", "The conditional request failed");
  apply(action);
}

/**
 * All or nothing. While one is under way the rows it names are locked: whoever else writes them is refused. Reads by
 * BatchGetItem and Query are not kept out.
 *
 * @throws {DynamoFault}
 */
export async function transactWrite(
  tableOf: (name: string) => Table,
  locks: Locks,
  given: readonly TransactItem[],
  turn: () => Promise<void>,
  isHot: () => boolean,
): Promise<void> {
  if (given.length < 1 || given.length > MOST_ACTIONS)
    throw DynamoFault.invalid(`Member must have length less than or equal to ${MOST_ACTIONS}`);
  const actions = given.map((each) => actionOf(tableOf, each));
  if (new Set(actions.map(({ lock }) => lock)).size < actions.length)
    throw DynamoFault.invalid("Transaction request cannot include multiple operations on one item");
  const bytes = actions.reduce((sum, { item }) => sum + (item ? sizeOf(item) : 0), 0);
  if (bytes > MOST_BYTES)
    throw DynamoFault.invalid("Collection size of the transaction has exceeded the maximum");
  cancelIf(actions, isHot, "ThrottlingError");
  cancelIf(actions, ({ lock }) => locks.has(lock), "TransactionConflict");
  for (const { lock } of actions) locks.add(lock);
  try {
    await turn();
    cancelIf(actions, ({ table, id, isAllowed }) => !isAllowed(table.get(id)), "ConditionalCheckFailed");
    for (const action of actions) apply(action);
  } finally {
    for (const { lock } of actions) locks.delete(lock);
  }
}

/** All at one moment. @throws {DynamoFault} */
export function transactGet(
  tableOf: (name: string) => Table,
  locks: Locks,
  given: readonly { readonly Get: { readonly TableName: string; readonly Key: unknown } }[],
): readonly object[] {
  if (given.length < 1 || given.length > MOST_ACTIONS)
    throw DynamoFault.invalid(`Member must have length less than or equal to ${MOST_ACTIONS}`);
  const found = given.map(({ Get }) => {
    const table = tableOf(Get.TableName);
    const id = table.idOf(Get.Key);
    return { lock: Get.TableName + id, item: table.get(id) };
  });
  if (found.some(({ lock }) => locks.has(lock)))
    throw cancelled(found.map(({ lock }) => ({ Code: locks.has(lock) ? "TransactionConflict" : "None" })));
  return found.map(({ item }) => (item ? { Item: item } : {}));
}

function actionOf(tableOf: (name: string) => Table, given: TransactItem): Action {
  const { Put, Delete, ConditionCheck } = given;
  const target = Put ?? Delete ?? ConditionCheck;
  if (!target || Object.keys(given).length !== 1)
    throw DynamoFault.invalid("an action is one Put, one Delete or one ConditionCheck here");
  const { TableName, ConditionExpression } = target;
  const table = tableOf(TableName);
  const item = Put && table.check(Put.Item);
  const id = item ? table.idIn(item) : table.idOf("Key" in target ? target.Key : undefined);
  if (ConditionExpression === undefined) {
    if (target.ExpressionAttributeValues || target.ExpressionAttributeNames || ConditionCheck)
      throw DynamoFault.invalid("values and names are only of use in an expression");
  }
  const condition =
    ConditionExpression === undefined ? undefined : parseExpression(ConditionExpression, target);
  return {
    ...{ table, id, item, lock: TableName + id, isOnlyCheck: ConditionCheck !== undefined },
    isAllowed: (found) => !condition || holds(condition, found),
    returnsOld: target.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
  };
}

function apply({ table, id, item, isOnlyCheck }: Action): void {
  if (isOnlyCheck) return;
  if (item) table.put(item);
  else table.remove(id);
}

function cancelIf(actions: readonly Action[], isWrong: (action: Action) => boolean, Code: string): void {
  const reasons = actions.map((action) => {
    if (!isWrong(action)) return { Code: "None" };
    const old = action.returnsOld && action.table.get(action.id);
    return { Code, Message: "not this time", ...(old && { Item: old }) };
  });
  if (reasons.some((reason) => reason.Code !== "None")) throw cancelled(reasons);
}

function cancelled(CancellationReasons: readonly { readonly Code: string }[]): DynamoFault {
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new DynamoFault("TransactionCanceledException", message, { CancellationReasons });
}
