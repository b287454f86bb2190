import { readFileSync } from "node:fs";
import { type CollectionTag, parse, type ScalarTag } from "yaml";
import type { DynamoSend } from "../../src/backend/dynamo-send.ts";

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A template of CloudFormation. */
export interface Template {
  readonly Parameters: Readonly<Record<string, object>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** CloudFormation's own tags: `!Ref Table` becomes `{ Ref: "Table" }`. */
const scalarTags = ["Ref", "GetAtt", "Sub"].map((name): ScalarTag => ({
  tag: `!${name}`,
  resolve: (value) => ({ [name]: value }),
}));
const listTags = ["If", "Equals", "Not"].map((name): CollectionTag => ({
  tag: `!${name}`,
  collection: "seq",
}));

export function readTemplate(file: URL): Template {
  return parse(readFileSync(file, "utf8"), { customTags: [...scalarTags, ...listTags] });
}

/** Makes a table of a template, by another name. */
export async function createTable(
  send: DynamoSend,
  { Resources }: Template,
  resource: string,
  TableName: string,
): Promise<void> {
  const {
    TimeToLiveSpecification,
    PointInTimeRecoverySpecification: _recovery,
    SSESpecification: _encryption,
    ...definition
  } = Resources[resource]?.Properties ?? {};
  for (const [operation, body] of [
    ["CreateTable", { ...definition, TableName }],
    ["UpdateTimeToLive", { TableName, TimeToLiveSpecification }],
  ] as const) {
    const { ok, body: answer } = await send(operation, body);
    if (!ok) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
  }
}
