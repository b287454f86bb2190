import { describe, expect, it } from "vitest";
import { template } from "../backend/template.ts";
import { createTable } from "./cloud-formation.ts";
import { createStrictDynamo, type StrictDynamo } from "./strict-dynamo.ts";

const TableName = "chat";
const key = (pk: string, sk = "x") => ({ pk: { S: pk }, sk: { S: sk } });
const put = (pk: string, more: object = {}, rest: object = {}) => ({
  Put: { TableName, Item: { ...key(pk), ...more }, ...rest },
});
const absent = { ConditionExpression: "attribute_not_exists(pk)" };
const transact = (...TransactItems: readonly object[]) => ["TransactWriteItems", { TransactItems }] as const;
const batch = (...Keys: readonly object[]) =>
  ["BatchGetItem", { RequestItems: { [TableName]: { Keys } } }] as const;
const asked = (KeyConditionExpression: string, values: object, more: object = {}) =>
  ["Query", { TableName, KeyConditionExpression, ExpressionAttributeValues: values, ...more }] as const;
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `row ${index}`);

async function open(): Promise<StrictDynamo> {
  const dynamo = createStrictDynamo();
  await createTable(dynamo.send, template, "Table", TableName);
  return dynamo;
}

/** What kind of refusal it was; "ok" if none. */
async function kindOf(
  { send }: StrictDynamo,
  [operation, body]: readonly [string, object],
): Promise<readonly string[]> {
  const { ok, body: answer } = await send(operation, body);
  const { __type = "", CancellationReasons = [] } = Object(answer);
  const codes: readonly { readonly Code: string }[] = CancellationReasons;
  return ok ? ["ok"] : [String(__type).split("#")[1] ?? "", ...codes.map(({ Code }) => Code)];
}

describe("DynamoDB's rules in memory", () => {
  const wrong = "ValidationException";

  it.each<[string, readonly [string, object], string]>([
    ["a transaction of a hundred rows", transact(...many(100).map((pk) => put(pk))), "ok"],
    ["one row more", transact(...many(101).map((pk) => put(pk))), wrong],
    ["two actions on one row", transact(put("a"), put("a")), wrong],
    ["more than 4 MB at once", transact(...many(11).map((pk) => put(pk, { doc: { S: "x".repeat(390_000) } }))), wrong],
    ["a row of 400 kB", transact(put("a", { doc: { S: "x".repeat(409_000) } })), "ok"],
    ["a larger one", transact(put("a", { doc: { S: "x".repeat(410_000) } })), wrong],
    ["an empty key", transact(put("")), wrong],
    ["a sort key of more than 1,024 bytes", transact({ Put: { TableName, Item: key("a", "x".repeat(1_025)) } }), wrong],
    ["a row without its sort key", transact({ Put: { TableName, Item: { pk: { S: "a" } } } }), wrong],
    ["text where an index has numbers", transact(put("a", { rev: { S: "1" } })), wrong],
    ["what is no number", transact(put("a", { rev: { N: "one" } })), wrong],
    ["a word of DynamoDB's own", transact(put("a", {}, { ConditionExpression: "attribute_exists(status)" })), wrong],
    ["a value that is not used", transact(put("a", {}, { ...absent, ExpressionAttributeValues: { ":x": { S: "x" } } })), wrong],
    ["a value that is not given", transact(put("a", {}, { ConditionExpression: "headRev = :rev" })), wrong],
    ["a hundred keys", batch(...many(100).map((pk) => key(pk))), "ok"],
    ["one key more", batch(...many(101).map((pk) => key(pk))), wrong],
    ["a key twice", batch(key("a"), key("a")), wrong],
    ["a partition", asked("pk = :pk", { ":pk": { S: "a" } }), "ok"],
    ["no partition", asked("sk = :sk", { ":sk": { S: "a" } }), wrong],
    ["a stretch of an index", asked("pk = :pk AND seq BETWEEN :a AND :b", { ":pk": { S: "a" }, ":a": { N: "1" }, ":b": { N: "2" } }, { IndexName: "bySeq", ConsistentRead: true }), "ok"],
    ["something that is no key", asked("pk = :pk AND seq > :a", { ":pk": { S: "a" }, ":a": { N: "1" } }), wrong],
    ["a strongly consistent global index", asked("authorId = :a", { ":a": { S: "a" } }, { IndexName: "byAuthor", ConsistentRead: true }), wrong],
    ["a table that there is not", ["GetItem", { TableName: "other", Key: key("a") }], "ResourceNotFoundException"],
    ["what it does not know", ["GetItem", { TableName, Key: key("a"), Consistent: true }], wrong],
    ["an operation nothing of ours uses", ["Scan", { TableName }], "UnknownOperationException"],
  ])("answers %s", async (_name, request, kind) => {
    expect((await kindOf(await open(), request))[0]).toBe(kind);
  }); // prettier-ignore

  it("writes all or nothing, and says which condition did not hold", async () => {
    const dynamo = await open();
    expect(await kindOf(dynamo, transact(put("a", {}, absent)))).toEqual(["ok"]);
    const second = transact(put("b", {}, absent), put("a", {}, absent));
    expect(await kindOf(dynamo, second)).toEqual([
      "TransactionCanceledException",
      "None",
      "ConditionalCheckFailed",
    ]);
    expect(dynamo.table(TableName).all()).toHaveLength(1);
  });

  it("refuses whoever is in the way of a transaction", async () => {
    const dynamo = await open();
    const both = await Promise.all(many(8).map(() => kindOf(dynamo, transact(put("a"), put("b")))));
    const kinds = new Set(both.map((each) => each.join()));
    expect(kinds).toContain("ok");
    expect(kinds).toContain("TransactionCanceledException,TransactionConflict,TransactionConflict");
  });

  it("gives pages of one megabyte, and where to go on", async () => {
    const dynamo = await open();
    const doc = { S: "x".repeat(200_000) };
    for (const sk of many(9)) await dynamo.send("PutItem", { TableName, Item: { ...key("a", sk), doc } });
    const seen: string[] = [];
    let ExclusiveStartKey: unknown;
    let pages = 0;
    do {
      const more = ExclusiveStartKey ? { ExclusiveStartKey } : {};
      const { body } = await dynamo.send(...asked("pk = :pk", { ":pk": { S: "a" } }, more));
      const { Items, LastEvaluatedKey } = Object(body);
      seen.push(...Items.map((item: { sk: { S: string } }) => item.sk.S));
      ExclusiveStartKey = LastEvaluatedKey;
      pages += 1;
    } while (ExclusiveStartKey);
    expect([pages, seen]).toEqual([2, many(9)]);
  });

  it("reads rows one by one: a batch may see half of what a transaction wrote", async () => {
    const dynamo = await open();
    const keys = many(20).map((pk) => key(pk));
    const halves = await Promise.all(
      many(40).map(async (_, round) => {
        if (round % 2) await dynamo.send(...transact(...many(20).map((pk) => put(pk, { n: { N: `${round}` } }))));
        const { body } = await dynamo.send(...batch(...keys));
        const found: readonly { n?: object }[] = Object(body).Responses[TableName] ?? [];
        return new Set(found.map(({ n }) => JSON.stringify(n))).size > 1;
      }),
    ); // prettier-ignore
    expect(halves).toContain(true);
  });

  it("keeps what is due until TTL gets round to it", async () => {
    const dynamo = await open();
    await dynamo.send(...transact(put("a", { expiresAt: { N: "10" } }), put("b")));
    expect(dynamo.table(TableName).all()).toHaveLength(2);
    dynamo.table(TableName).expire(10_000);
    expect(dynamo.table(TableName).all()).toHaveLength(1);
  });

  it("leaves keys for another time, throttles and fails when told to", async () => {
    const dynamo = await open();
    await dynamo.send(...transact(...many(50).map((pk) => put(pk))));
    dynamo.faults.unprocessed = 0.5;
    const { body } = await dynamo.send(...batch(...many(50).map((pk) => key(pk))));
    expect(Object(body).UnprocessedKeys[TableName].Keys.length).toBeGreaterThan(5);
    dynamo.faults.throttled = 1;
    expect(await kindOf(dynamo, batch(key("a")))).toEqual(["ThrottlingException"]);
    dynamo.faults.throttled = 0;
    dynamo.faults.hot = 1;
    expect(await kindOf(dynamo, transact(put("hot")))).toEqual([
      "TransactionCanceledException",
      "ThrottlingError",
    ]);
    expect((await dynamo.send("GetItem", { TableName, Key: key("hot") })).body).toEqual({});
    dynamo.faults.hot = 0;
    dynamo.faults.failing = 1;
    expect(await kindOf(dynamo, batch(key("a")))).toEqual(["InternalServerError"]);
    dynamo.faults.unheard = 1;
    await expect(dynamo.send(...transact(put("unheard")))).rejects.toThrow(TypeError);
    expect((await dynamo.send("GetItem", { TableName, Key: key("unheard") })).body).toHaveProperty("Item");
  });
});
