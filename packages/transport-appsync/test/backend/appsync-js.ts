import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import type { Clock } from "@tidings/core";
import type { Identity } from "@tidings/core/memory";
import { transformSync } from "esbuild";
import type { Backend, DynamoSend } from "../../src/backend/index.ts";
import { WireFault } from "../endpoint/api.ts";
import type { Ended, EventFilter, Resolvers } from "../endpoint/resolvers.ts";
import { askSource, copy } from "./data-sources.ts";
import { BACKEND, type ResolverResource, resolversOf } from "./template.ts";

/** What the data sources of the template lead to. */
export interface Sources {
  readonly send: DynamoSend;
  readonly table: string;
  readonly lambda: Backend;
  readonly clock: Clock;
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

interface Attached {
  readonly resolver: ResolverResource;
  /** @param extras - takes what it asks for meanwhile. */
  run<T>(extras: Extras, work: (code: Code) => T): T;
}

/**
 * The resolvers as the template attaches them, run as AppSync runs them: each a module without globals of Node, a request
 * to its data source, a response; whatever passes is JSON. AppSync's own interpreter can only be asked in an account.
 */
export function deployedResolvers(sources: Sources): Resolvers {
  const attached = new Map(resolversOf().map((each) => [each.field, attach(each)]));
  const ends = new WeakMap<object, readonly Ended[]>();

  const run = async (field: string, args: object, { userId: sub, expiresInMs }: Identity) => {
    const code = attached.get(field);
    if (!code) throw new TypeError(`nothing is attached to the field "${field}"`);
    const extras: Extras = { ended: [] };
    const exp = expiresInMs && Math.floor((sources.clock.now() + expiresInMs) / 1_000);
    const context = {
      ...{ args, identity: { sub, claims: { sub, exp } }, env: { TABLE: sources.table } },
      info: { fieldName: field, parentTypeName: code.resolver.type },
    };
    const asked = code.run(extras, ({ request }) => copy(request(copy(context))));
    const found = await askSource(code.resolver.source, asked, sources);
    const value = code.run(extras, ({ response }) => copy(response(copy({ ...context, ...found }))));
    return { value, extras };
  };

  return {
    async resolve(field, args, identity) {
      const { value, extras } = await run(field, args, identity);
      if (typeof value === "object" && value) ends.set(value, endedBy(extras));
      return value;
    },
    async admit(field, args, identity) {
      const { value, extras } = await run(field, args, identity);
      if (value !== null) throw new TypeError("a subscription with a filter resolves to null");
      const isEnded = filterOf(extras.invalidation);
      if (isEnded?.({ ...args, userId: identity.userId }) === false)
        throw new TypeError("a subscription that nobody could end");
      return filterOf(extras.filter);
    },
    outgoing: (event) => ends.get(event) ?? [],
  };
}

/** Whoever is removed hears no event and no signal any more. */
function endedBy({ ended }: Extras): readonly Ended[] {
  const of = (field: string): readonly Ended[] =>
    ended.filter(({ subscriptionField }) => subscriptionField === field).map(({ payload }) => payload);
  if (JSON.stringify(of("onEvent")) !== JSON.stringify(of("onSignal")) || ended.length > 5)
    throw new TypeError("what ends, ends for both subscriptions, and no more than five from one request");
  return of("onEvent");
}

const scripts = new Map<string, string>();

/** With its imports as calls, as `node:vm` runs it. */
function scriptOf(path: string): string {
  const known = scripts.get(path);
  if (known !== undefined) return known;
  const source = readFileSync(new URL(path, BACKEND), "utf8");
  const { code } = transformSync(source, { format: "cjs" });
  scripts.set(path, code);
  return code;
}

function attach(resolver: ResolverResource): Attached {
  let extras: Extras = { ended: [] };
  const module: { exports: Partial<Code> } = { exports: {} };
  const utilities = utilitiesFor(() => extras);
  runInNewContext(scriptOf(resolver.code), { module, require: () => utilities });
  const { request, response } = module.exports;
  if (!request || !response) throw new TypeError(`${resolver.code} has no request or no response`);
  return {
    resolver,
    run(given, work) {
      extras = given;
      return work({ request, response });
    },
  };
}

function utilitiesFor(extras: () => Extras): object {
  return {
    util: {
      error(message: string, type: string, _data?: unknown, info: unknown = null) {
        throw new WireFault(type, message, copy(info));
      },
      unauthorized() {
        throw new WireFault("Unauthorized", "Not Authorized to access this field");
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
      setSubscriptionFilter: (filter: readonly Rule[]) => void (extras().filter = filter),
      setSubscriptionInvalidationFilter: (filter: readonly Rule[]) => void (extras().invalidation = filter),
      invalidateSubscriptions: (ended: Extras["ended"][number]) => void extras().ended.push(copy(ended)),
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
