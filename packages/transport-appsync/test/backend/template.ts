import { readTemplate, type Template } from "../dynamo/cloud-formation.ts";

export interface ResolverResource {
  readonly type: string;
  readonly field: string;
  /** Where its data come from: the name of a resource. */
  readonly source: string;
  /** Path within `backend`. */
  readonly code: string;
}

export const BACKEND: URL = new URL("../../backend/", import.meta.url);

export const template: Template = readTemplate(new URL("template.yaml", BACKEND));

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
