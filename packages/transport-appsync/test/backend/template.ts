import { readFileSync } from "node:fs";
import { parse, type CollectionTag, type ScalarTag } from "yaml";

/** A resource of the template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface ResolverResource {
  readonly type: string;
  readonly field: string;
  /** Where its data come from: the name of a resource. */
  readonly source: string;
  /** Path within `backend`. */
  readonly code: string;
}

export const BACKEND: URL = new URL("../../backend/", import.meta.url);

/** CloudFormation's own tags: `!Ref Table` becomes `{ Ref: "Table" }`. */
const scalarTags = ["Ref", "GetAtt", "Sub"].map((name): ScalarTag => ({
  tag: `!${name}`,
  resolve: (value) => ({ [name]: value }),
}));
const listTags = ["If", "Equals", "Not"].map((name): CollectionTag => ({
  tag: `!${name}`,
  collection: "seq",
}));

export const template: {
  readonly Parameters: Readonly<Record<string, object>>;
  readonly Resources: Readonly<Record<string, Resource>>;
} = parse(readFileSync(new URL("template.yaml", BACKEND), "utf8"), {
  customTags: [...scalarTags, ...listTags],
});

/** The table as `CreateTable` takes it, and what is a request of its own. */
export function tableOf(): { readonly properties: object; readonly timeToLive: unknown } {
  const {
    TimeToLiveSpecification: timeToLive,
    PointInTimeRecoverySpecification: _recovery,
    SSESpecification: _encryption,
    ...properties
  } = template.Resources["Table"]?.Properties ?? {};
  return { properties, timeToLive };
}

export function resolversOf(): readonly ResolverResource[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === "AWS::AppSync::Resolver")
    .map(({ Properties }) => ({
      type: String(Properties["TypeName"]),
      field: String(Properties["FieldName"]),
      source: String(Object(Properties["DataSourceName"])["GetAtt"]).split(".")[0] ?? "",
      code: String(Properties["CodeS3Location"]),
    }));
}
