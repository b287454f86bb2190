import { readFileSync } from "node:fs";
import { isMessagingError } from "@tidings/core/errors";
import type { Identity } from "@tidings/core/memory";
import {
  buildSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isScalarType,
  type OperationDefinitionNode,
  parse,
  validate,
  type ValueNode,
} from "graphql";
import type { Arguments, Resolvers } from "./resolvers.ts";

/** An error as AppSync writes it. */
export interface WireError {
  readonly errorType: string;
  readonly message: string;
  readonly errorInfo?: unknown;
  readonly [more: string]: unknown;
}

export interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** What a request comes to, and, of a mutation, what its sender has selected of the result. */
export interface Outcome {
  readonly data?: unknown;
  readonly errors?: readonly WireError[];
  readonly published: readonly Published[];
}

/** What a mutation gives to those who subscribe to it. */
export interface Published {
  readonly mutation: string;
  /** Only the fields that the sender selected. */
  readonly selected: Readonly<Record<string, unknown>>;
  /** The whole of it, which AppSync shows to nobody. */
  readonly whole: object;
}

/** A subscription that may be started. */
export interface Prepared {
  readonly field: string;
  readonly args: Arguments;
  readonly mutations: readonly string[];
  /** What of an event this subscriber has selected. */
  select(selected: object): Promise<ExecutionResult>;
}

/** Executes GraphQL as AppSync does. */
export interface Api {
  run(request: Request, identity: Identity): Promise<Outcome>;
  /** @throws {WireFault} */
  prepare(request: Request): Promise<Prepared>;
}

/** Something AppSync says no to, as one of its errors. */
export class WireFault extends Error {
  readonly errorType: string;
  readonly errorInfo: unknown;

  constructor(errorType: string, message: string, errorInfo: unknown = null) {
    super(message);
    this.errorType = errorType;
    this.errorInfo = errorInfo;
  }
}

/** What AppSync knows without being told. */
const PRELUDE = `
  scalar AWSJSON
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
`;

const OWN_SCHEMA = new URL("../../backend/schema.graphql", import.meta.url);

export function createApi(
  resolvers: Pick<Resolvers, "resolve">,
  text: string = readFileSync(OWN_SCHEMA, "utf8"),
): Api {
  const schema = buildSchema(PRELUDE + text);
  const json = schema.getType("AWSJSON");
  if (isScalarType(json))
    Object.assign(json, { parseValue: readJson, parseLiteral: readLiteral, serialize: JSON.stringify });

  return {
    async run(request, identity) {
      const { document, operation } = read(schema, request);
      if (operation.operation === "subscription")
        throw new WireFault("UnsupportedOperation", "unknown not supported through HTTP");
      const wholes = new Map<string, object>();
      const fieldResolver: GraphQLFieldResolver<unknown, unknown> = async (source, args, _context, info) => {
        const isRoot = info.path.prev === undefined;
        if (!isRoot) return Object(source)[info.fieldName];
        const value = await resolvers.resolve(info.fieldName, args, identity);
        wholes.set(info.fieldName, Object(value));
        return value;
      };
      const { variables: variableValues = {} } = request;
      const { data, errors = [] } = await execute({ schema, document, variableValues, fieldResolver });
      const published = Object.entries(data ?? {}).flatMap(([mutation, value]) => {
        const whole = wholes.get(mutation);
        if (operation.operation !== "mutation" || !value || !whole) return [];
        return [{ mutation, whole, selected: { ...Object(value) } }];
      });
      return { data: data ?? null, ...(errors.length > 0 && { errors: errors.map(wireError) }), published };
    },
    async prepare(request) {
      const { document, operation } = read(schema, request);
      if (operation.operation !== "subscription")
        throw new WireFault("UnsupportedOperation", "unknown not supported through the realtime channel");
      const [selection, ...others] = operation.selectionSet.selections;
      if (selection?.kind !== "Field" || others.length > 0)
        throw new WireFault("UnsupportedOperation", "a subscription has one field");
      const field = selection.name.value;
      const { variables: variableValues = {} } = request;
      const select = (selected: object): Promise<ExecutionResult> => {
        const source = { [field]: selected };
        return Promise.resolve(
          execute({ schema, document, variableValues, rootValue: source, fieldResolver: sent }),
        );
      };
      let args: Arguments = {};
      const asking: GraphQLFieldResolver<unknown, unknown> = (_source, given) => void (args = { ...given });
      const { errors } = await execute({ schema, document, variableValues, fieldResolver: asking });
      if (errors?.[0] && Object.keys(args).length === 0)
        throw new WireFault("ValidationError", errors[0].message);
      return { field, args, mutations: mutationsOf(schema, field), select };
    },
  };
}

/** A field the sender has selected, as it was serialised for them. */
const sent: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, { fieldName, returnType }) => {
  const value = Object(source)[fieldName];
  return typeof value === "string" && String(returnType).startsWith("AWSJSON") ? JSON.parse(value) : value;
};

function read(
  schema: GraphQLSchema,
  request: Request,
): { document: DocumentNode; operation: OperationDefinitionNode } {
  const document = parsed(request.query);
  const [wrong] = validate(schema, document);
  if (wrong) throw new WireFault("ValidationError", `Validation error: ${wrong.message}`);
  const operation = getOperationAST(document, request.operationName);
  if (!operation) throw new WireFault("MalformedHttpRequestException", "Unable to find the operation.");
  return { document, operation };
}

function parsed(query: unknown): DocumentNode {
  try {
    return parse(String(query));
  } catch (error) {
    throw new WireFault("MalformedHttpRequestException", String(error));
  }
}

function mutationsOf(schema: GraphQLSchema, field: string): readonly string[] {
  const node = schema.getSubscriptionType()?.getFields()[field]?.astNode;
  const directive = node?.directives?.find(({ name }) => name.value === "aws_subscribe");
  const list = directive?.arguments?.[0]?.value;
  if (list?.kind !== "ListValue") return [];
  return list.values.flatMap((value) => (value.kind === "StringValue" ? [value.value] : []));
}

function readLiteral(node: ValueNode): unknown {
  return readJson(node.kind === "StringValue" ? node.value : undefined);
}

function readJson(value: unknown): unknown {
  if (typeof value !== "string") throw new GraphQLError("AWSJSON is given as a string");
  try {
    return JSON.parse(value);
  } catch {
    throw new GraphQLError("AWSJSON is not JSON");
  }
}

function wireError({ message, path, locations, originalError }: GraphQLError): WireError {
  const place = { path: path ?? null, locations: locations ?? null, data: null };
  if (isMessagingError(originalError)) {
    const { code, retryable, retryAfterMs } = originalError;
    return { ...place, errorType: code, message, errorInfo: { retryable, retryAfterMs } };
  }
  if (originalError instanceof WireFault) {
    const { errorType, errorInfo } = originalError;
    return { ...place, errorType, errorInfo, message };
  }
  return {
    ...place,
    errorType: originalError ? "Lambda:Unhandled" : "ValidationError",
    errorInfo: null,
    message,
  };
}
