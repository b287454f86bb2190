import {
  ack,
  command,
  type CommandType,
  messageVersion,
  query,
  queryResults,
  type QueryType,
} from "@tidings/core/protocol";
import * as z from "zod";

/** A JSON Schema, as far as it is looked into here. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What the wire's schemas say, as JSON Schema. Made once, when first asked for. */
export interface WireSchemas {
  readonly ack: JsonSchema;
  readonly version: JsonSchema;
  /** Of one kind of command or query, by field. */
  fields(of: "command" | "query", type: CommandType | QueryType): Fields;
  result(type: QueryType): JsonSchema;
}

export interface Fields {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

let made: WireSchemas | undefined;

export function wireSchemas(): WireSchemas {
  return (made ??= make());
}

function make(): WireSchemas {
  const variants = { command: variantsOf(command), query: variantsOf(query) };
  return {
    ack: schemaOf(ack),
    version: schemaOf(messageVersion),
    fields(of, type) {
      const variant = variants[of].find(({ properties = {} }) => isNamed(properties["type"], type));
      if (!variant) throw new Error(`no ${of} is called ${type}`);
      const properties = Object.entries(variant.properties ?? {}).flatMap(([name, schema]) =>
        typeof schema === "object" ? [[name, schema] as const] : [],
      );
      return { properties: Object.fromEntries(properties), required: variant.required ?? [] };
    },
    result: (type) => schemaOf(queryResults[type]),
  };
}

export function schemaOf(schema: z.core.$ZodType): JsonSchema {
  const { $schema: _version, ...body } = z.toJSONSchema(schema, { unrepresentable: "any" });
  return body;
}

function variantsOf(union: z.core.$ZodType): readonly JsonSchema[] {
  return (schemaOf(union).oneOf ?? []).filter((variant) => typeof variant === "object");
}

function isNamed(schema: JsonSchema | boolean | undefined, type: string): boolean {
  return typeof schema === "object" && (schema.const === type || (schema.enum?.includes(type) ?? false));
}
