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

/** What a template refers to and does not hold. */
export function strangersIn({ Parameters, Resources }: Template): readonly string[] {
  const known = new Set([...Object.keys(Resources), ...Object.keys(Parameters)]);
  return referred(Resources).filter((name) => !name.startsWith("AWS::") && !known.has(name));
}

/** Every word that stands behind `!Ref`, and every first one behind `!GetAtt` or in a `!Sub`. */
function referred(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]: [string, unknown]) => {
    if (typeof inside !== "string") return referred(inside);
    if (name === "Ref") return [inside];
    if (name === "GetAtt") return [inside.split(".")[0] ?? ""];
    return name === "Sub" ? [...inside.matchAll(/\$\{([\w:]+)/g)].map(([, word = ""]) => word) : [];
  });
}
