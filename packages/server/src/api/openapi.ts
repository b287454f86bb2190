import type { CommandType, QueryType } from "@tidings/core/protocol";
import type { ZodType } from "zod";
import { archiveFields } from "./archive.ts";
import { auditFields } from "./audit.ts";
import { caseListFields, decisionFields } from "./cases.ts";
import { ON_BEHALF_HEADER } from "./caller.ts";
import { figuresFields } from "./figures.ts";
import { entriesOf } from "./entries-of.ts";
import {
  auditAnswer,
  caseAnswer,
  casesAnswer,
  devicesAnswer,
  figuresAnswer,
  lines,
  problemSchema,
  pushKeyAnswer,
  tokenAnswer,
  tokenFields,
} from "./openapi-answers.ts";
import { subscriptionFields } from "./push.ts";
import { commandRoutes, otherRoutes, pathFields, queryRoutes, type Route } from "./routes.ts";
import { type Fields, type JsonSchema, schemaOf, wireSchemas } from "./wire-schemas.ts";

/** An OpenAPI document, version 3.1. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
  readonly security: readonly object[];
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

/** Filled in by the server, and never given. */
const given: ReadonlySet<string> = new Set(["type", "commandId"]);

/** The API as a document, made from the schemas of the wire. */
export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [operation, { method, path }] of operations()) {
    (paths[path.replaceAll(/:(\w+)/gu, "{$1}")] ??= {})[method.toLowerCase()] = operation;
  }
  return {
    openapi: "3.1.0",
    info: { title: "Tidings", version, description },
    paths,
    components: components(),
    security: [{ bearer: [] }],
  };
}

const description =
  "Every command and query of the wire over HTTP, by the same rules. With a user's token one acts as that user; with a " +
  "service key as the user named in Tidings-User, or as the server itself. Failures are problems (RFC 9457) with the codes of the wire.";

function operations(): readonly (readonly [Operation, Route])[] {
  const { exports, erase, exportUser, issueToken, audit } = { ...otherRoutes, exports: otherRoutes.export };
  return [
    ...entriesOf(commandRoutes).map(([type, route]) => [commandOperation(type, route), route] as const),
    ...entriesOf(queryRoutes).map(([type, route]) => [queryOperation(type, route), route] as const),
    [{ ...base("export", exports), responses: responses("200", lines) }, exports],
    [
      {
        ...base("eraseConversation", otherRoutes.eraseConversation),
        responses: { "204": { description: "Done" }, default: problemResponse },
      },
      otherRoutes.eraseConversation,
    ],
    [
      { ...base("erase", erase), responses: { "204": { description: "Done" }, default: problemResponse } },
      erase,
    ],
    [{ ...base("exportUser", exportUser), responses: responses("200", lines) }, exportUser],
    [archiveOperation(otherRoutes.archive), otherRoutes.archive],
    [auditOperation(audit), audit],
    [figuresOperation(otherRoutes.figures), otherRoutes.figures],
    ...caseOperations(),
    ...pushOperations(),
    [
      {
        ...base("issueToken", issueToken),
        requestBody: bodyOf(tokenFields),
        responses: responses("201", json(tokenAnswer)),
      },
      issueToken,
    ],
  ];
}

function commandOperation(type: CommandType, route: Route): Operation {
  const inPath = new Set(pathFields(route));
  const { properties, required } = wireSchemas().fields("command", type);
  const names = Object.keys(properties).filter((name) => !given.has(name) && !inPath.has(name));
  // The server's clock, and an id of its own, stand in for what is not said.
  const optional = new Set(["at", "conversationId"]);
  const body: Fields = {
    properties: Object.fromEntries(
      names.flatMap((name) => (properties[name] ? [[name, properties[name]]] : [])),
    ),
    required: required.filter((name) => names.includes(name) && !optional.has(name)),
  };
  const operation = base(type, route);
  const status = type === "message.send" || type === "conversation.create" ? "201" : "200";
  return {
    ...operation,
    parameters: [...operation.parameters, { $ref: "#/components/parameters/IdempotencyKey" }],
    ...(route.method !== "DELETE" && { requestBody: bodyOf(body) }),
    responses: responses(status, json({ $ref: "#/components/schemas/Ack" })),
  };
}

function queryOperation(type: QueryType, route: Route): Operation {
  const inPath = new Set(pathFields(route));
  const { properties, required } = wireSchemas().fields("query", type);
  const fields = Object.entries(properties).filter(([name]) => !given.has(name) && !inPath.has(name));
  if (route.method === "POST") {
    const names = fields.map(([name]) => name);
    const body = {
      properties: Object.fromEntries(fields),
      required: required.filter((name) => names.includes(name)),
    };
    return {
      ...base(type, route),
      requestBody: bodyOf(body),
      responses: responses("200", json(wireSchemas().result(type))),
    };
  }
  const parameters = fields.map(([name, schema]) => ({
    name,
    in: "query",
    schema,
    ...(schema.type === "array" && { explode: false }),
  }));
  const operation = base(type, route);
  return {
    ...operation,
    parameters: [...operation.parameters, ...parameters],
    responses: responses("200", json(wireSchemas().result(type))),
  };
}

function pushOperations(): readonly (readonly [Operation, Route])[] {
  const { pushKey, devices, putDevice, removeDevice } = otherRoutes;
  const done = { "204": { description: "Done" }, default: problemResponse };
  const properties = Object.fromEntries(
    Object.entries(subscriptionFields).map(([name, schema]) => [name, schemaOf(schema)]),
  );
  const body = bodyOf({ properties, required: Object.keys(properties) });
  return [
    [{ ...base("pushKey", pushKey), responses: responses("200", json(pushKeyAnswer)) }, pushKey],
    [{ ...base("devices", devices), responses: responses("200", json(devicesAnswer)) }, devices],
    [{ ...base("putDevice", putDevice), requestBody: body, responses: done }, putDevice],
    [{ ...base("removeDevice", removeDevice), responses: done }, removeDevice],
  ];
}

function caseOperations(): readonly (readonly [Operation, Route])[] {
  const { cases, case: one, decideCase } = otherRoutes;
  const fields = (of: Readonly<Record<string, ZodType>>): Record<string, JsonSchema> =>
    Object.fromEntries(Object.entries(of).map(([key, schema]) => [key, schemaOf(schema)]));
  const wanted = Object.entries(fields(caseListFields)).map(([key, schema]) => ({
    ...{ name: key, in: "query", schema },
  }));
  const list = base("cases", cases);
  const body = bodyOf({ properties: fields(decisionFields), required: ["decision", "revision"] });
  const answer = responses("200", json(caseAnswer));
  return [
    [{ ...list, parameters: [...list.parameters, ...wanted], responses: responses("200", json(casesAnswer)) }, cases], // prettier-ignore
    [{ ...base("case", one), responses: answer }, one],
    [{ ...base("decideCase", decideCase), requestBody: body, responses: answer }, decideCase],
  ];
}

function auditOperation(route: Route): Operation {
  const parameters = Object.entries(auditFields).map(([name, schema]) => ({
    ...{ name, in: "query", schema: schemaOf(schema) },
  }));
  return { ...base("audit", route), parameters, responses: responses("200", json(auditAnswer)) };
}

function figuresOperation(route: Route): Operation {
  const operation = base("figures", route);
  const parameters = Object.entries(figuresFields).map(([name, schema]) => ({
    ...{ name, in: "query", required: name === "since" || name === "until", schema: schemaOf(schema) },
  }));
  return {
    ...operation,
    parameters: [...operation.parameters, ...parameters],
    responses: responses("200", json(figuresAnswer)),
  };
}

function archiveOperation(route: Route): Operation {
  const operation = base("archive", route);
  const parameters = Object.entries(archiveFields).map(([name, schema]) => ({
    ...{ name, in: "query", required: false, schema: schemaOf(schema) },
  }));
  return {
    ...operation,
    parameters: [...operation.parameters, ...parameters],
    responses: responses("200", lines),
  };
}

function base(operationId: string, route: Route): Omit<Operation, "responses"> {
  const inPath = pathFields(route).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const tag = route.path.split("/")[pathFields(route).includes("conversationId") ? 4 : 2] ?? "conversations";
  return {
    operationId,
    summary: route.summary,
    tags: [tag.startsWith(":") ? "conversations" : tag],
    parameters: [...inPath, { $ref: "#/components/parameters/User" }],
  };
}

function bodyOf({ properties, required }: Fields): object {
  const schema = { type: "object", properties, ...(required.length > 0 && { required }) };
  return { required: required.length > 0, content: json(schema) };
}

function json(schema: object): object {
  return { "application/json": { schema } };
}

const problemResponse: object = { $ref: "#/components/responses/Problem" };

function responses(status: string, content: object): Operation["responses"] {
  return { [status]: { description: "Done", content }, default: problemResponse };
}

function components(): object {
  const text = { type: "string" };
  return {
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer", description: "A user's token, or a service key (tsk_…)" },
    },
    parameters: {
      User: {
        ...{ name: ON_BEHALF_HEADER, in: "header", schema: text },
        description: "For service keys of scope `act`: the user to act for, percent-encoded",
      },
      IdempotencyKey: {
        ...{ name: "idempotency-key", in: "header", schema: { type: "string", maxLength: 255 } },
        description:
          "The same key makes the same command, which takes effect once; a UUID of version 7 is its id",
      },
    },
    schemas: { Ack: wireSchemas().ack, Problem: problemSchema },
    responses: {
      Problem: {
        description: "Why not",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}
