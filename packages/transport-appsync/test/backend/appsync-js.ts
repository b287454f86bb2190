import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { isErrorCode, MessagingError } from "@tidings/core/errors";
import { transformSync } from "esbuild";
import type { Backend } from "../../src/backend/index.ts";
import type { Ended, EventFilter, Resolvers } from "../endpoint/resolvers.ts";
import type { DynamoDbLocal } from "./dynamodb-local.ts";
import { BACKEND, type ResolverResource, resolversOf } from "./template.ts";

/** What the data sources of the template lead to. */
export interface Sources {
  readonly local: DynamoDbLocal;
  readonly table: string;
  readonly lambda: Backend;
}

interface Rule {
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

/** What a resolver has asked of AppSync beside its value. */
interface Extras {
  filter?: readonly Rule[];
  invalidation?: readonly Rule[];
  readonly ended: { readonly subscriptionField: string; readonly payload: Ended }[];
}

interface Code {
  request(context: object): unknown;
  response(context: object): unknown;
}

/**
 * The resolvers as the template attaches them, run as AppSync runs them: each a module without globals of Node, a request
 * to its data source, a response; whatever passes is JSON. AppSync's own interpreter can only be asked in an account.
 */
export function deployedResolvers(sources: Sources): Resolvers {
  const attached = new Map(resolversOf().map((each) => [each.field, each]));
  const ends = new WeakMap<object, readonly Ended[]>();

  const run = async (field: string, args: object, identity: { userId: string; expiresInMs?: number }) => {
    const resolver = attached.get(field);
    if (!resolver) throw new TypeError(`nothing is attached to the field "${field}"`);
    const extras: Extras = { ended: [] };
    const code = load(resolver, extras);
    const { userId: sub, expiresInMs } = identity;
    const exp = expiresInMs && Math.floor((Date.now() + expiresInMs) / 1_000);
    const context = {
      ...{ args, identity: { sub, claims: { sub, exp } }, env: { TABLE: sources.table } },
      info: { fieldName: field, parentTypeName: resolver.type },
    };
    const asked = copy(code.request(copy(context)));
    const result = await fetchFrom(resolver.source, asked, sources);
    const value: unknown = copy(code.response(copy({ ...context, result })));
    return { value, extras };
  };

  return {
    async resolve(field, args, identity) {
      const { value, extras } = await run(field, args, identity);
      if (typeof value === "object" && value) ends.set(value, uniquely(extras));
      return value;
    },
    async admit(field, args, identity) {
      const { value, extras } = await run(field, args, identity);
      if (value !== null) throw new TypeError("a subscription with a filter resolves to null");
      return filterOf(extras.filter);
    },
    outgoing: (event) => ends.get(event) ?? [],
  };
}

/** Each end is one of both subscriptions to a conversation. */
function uniquely({ ended }: Extras): readonly Ended[] {
  const fields = ended.map(({ subscriptionField }) => subscriptionField);
  if (fields.length > 0 && fields.join() !== "onEvent,onSignal")
    throw new TypeError("what ends, ends for both subscriptions");
  return ended.slice(0, 1).map(({ payload }) => payload);
}

function load({ code }: ResolverResource, extras: Extras): Code {
  const source = readFileSync(new URL(code, BACKEND), "utf8");
  const module: { exports: Partial<Code> } = { exports: {} };
  const utilities = utilitiesFor(extras);
  const require = (): object => utilities;
  runInNewContext(transformSync(source, { format: "cjs" }).code, { module, require });
  const { request, response } = module.exports;
  if (!request || !response) throw new TypeError(`${code} has no request or no response`);
  return { request, response };
}

function utilitiesFor(extras: Extras): object {
  return {
    util: {
      error(message: string, type: string, _data: unknown, info: object = {}) {
        const { retryable, retryAfterMs } = copy<{ retryable?: boolean; retryAfterMs?: number }>(info);
        if (!isErrorCode(type)) throw new TypeError(`${type}: ${message}`);
        throw new MessagingError(type, { message, retryable, retryAfterMs });
      },
      unauthorized() {
        throw new MessagingError("permission/denied");
      },
      dynamodb: {
        toMapValues: (values: Readonly<Record<string, string>>) =>
          Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }])),
      },
      transform: {
        toSubscriptionFilter: (fields: Readonly<Record<string, object>>): readonly Rule[] =>
          Object.entries(fields).flatMap(([fieldName, rules]) =>
            Object.entries(rules).map(([operator, value]) => ({ fieldName, operator, value })),
          ),
      },
    },
    extensions: {
      setSubscriptionFilter: (filter: readonly Rule[]) => (extras.filter = filter),
      setSubscriptionInvalidationFilter: (filter: readonly Rule[]) => (extras.invalidation = filter),
      invalidateSubscriptions: (ended: Extras["ended"][number]) => extras.ended.push(copy(ended)),
    },
  };
}

/** An enhanced filter takes the place of the arguments. */
function filterOf(rules: readonly Rule[] | undefined): EventFilter | undefined {
  if (!rules) return undefined;
  return (event) =>
    rules.every(({ fieldName, operator, value }) => {
      const is = event[fieldName];
      if (operator === "eq") return is === value;
      return operator === "contains" && Array.isArray(is) && is.includes(value);
    });
}

interface Get {
  readonly table: string;
  readonly key: object;
}

async function fetchFrom(source: string, asked: unknown, { local, table, lambda }: Sources) {
  const { operation, payload, key, consistentRead, transactItems } = copy<{
    readonly operation?: string;
    readonly payload?: Parameters<Backend>[0];
    readonly key?: object;
    readonly consistentRead?: boolean;
    readonly transactItems?: readonly Get[];
  }>(asked);
  if (source === "NoData") return payload;
  if (source === "FunctionData" && operation === "Invoke" && payload) return lambda(payload);
  if (source === "TableData" && operation === "GetItem") {
    const asking = { TableName: table, Key: key, ConsistentRead: consistentRead };
    return plain((await local.call("GetItem", asking))["Item"]);
  }
  if (source === "TableData" && operation === "TransactGetItems" && transactItems) {
    const TransactItems = transactItems.map((get) => ({ Get: { TableName: get.table, Key: get.key } }));
    const { Responses } = await local.call("TransactGetItems", { TransactItems });
    return { items: [Responses].flat().map((found) => plain(Object(found).Item)) };
  }
  throw new TypeError(`${source} cannot be asked for ${operation}`);
}

/** A row as AppSync hands it on: without DynamoDB's types. */
function plain(item: unknown): object | null {
  if (!item) return null;
  const values = Object.entries(item).map(([name, value]): [string, unknown] => {
    const [[type, inside] = []] = Object.entries(Object(value));
    return [name, type === "N" ? Number(inside) : inside];
  });
  return Object.fromEntries(values);
}

function copy<T = unknown>(value: unknown): T {
  return JSON.parse(JSON.stringify(value ?? null));
}
