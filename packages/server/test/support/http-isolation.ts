import { createVapidKeys, type PushOptions } from "../../src/index.ts";
import { entriesOf } from "../../src/api/entries-of.ts";
import { commandRoutes, otherRoutes, pathFields, queryRoutes, type Route } from "../../src/api/routes.ts";
import { commands, queries, type Target } from "./isolation-cases.ts";

/** What a request over HTTP can be about. */
export interface HttpTarget extends Target {
  readonly caseId: string;
  /** Of one of its members. */
  readonly deviceId: string;
}

/** One operation of the API, asked for by somebody it is none of the business of. */
export interface Trespass {
  readonly route: Route;
  /** Path, query and body of it together. */
  readonly make: (target: HttpTarget) => Readonly<Record<string, unknown>>;
  /** How it is refused, or answered with what is one's own. */
  readonly status: number;
}

/** Nothing is pushed here: nobody is away for so long. */
export const pushes: PushOptions = {
  graceMs: 600_000,
  vapid: { ...createVapidKeys(), subject: "mailto:ops@example.com" },
};

/** Of a browser, whose push service knows it by this name. */
export function subscriptionOf(name: string): object {
  const { publicKey } = createVapidKeys();
  const keys = { p256dh: publicKey, auth: "A".repeat(22) };
  return { endpoint: `https://push.example/${name}`, keys };
}

type Other = readonly [status: number, make: Trespass["make"]];

const about: Other[1] = ({ conversationId }) => ({ conversationId });
const whom: Other[1] = ({ userId }) => ({ userId });
const nothing: Other[1] = () => ({});

/** What has no counterpart on the wire: a new one does not compile without a case. */
const others: { readonly [Name in keyof typeof otherRoutes]: Other } = {
  export: [404, about],
  figures: [404, (target) => ({ ...about(target), since: 0, until: 86_400_000 })],
  eraseConversation: [403, about],
  erase: [403, whom],
  exportUser: [403, whom],
  archive: [403, about],
  issueToken: [403, whom],
  audit: [403, about],
  cases: [404, about],
  case: [404, ({ caseId }) => ({ caseId })],
  decideCase: [404, ({ caseId }) => ({ caseId, decision: "approve", revision: 0 })],
  pushKey: [200, nothing],
  devices: [200, nothing],
  // One's own device of that name, whoever has another.
  putDevice: [204, ({ deviceId }) => ({ deviceId, ...ownSubscription })],
  removeDevice: [204, ({ deviceId }) => ({ deviceId })],
};

const ownSubscription = subscriptionOf("of-who-asks");

/** Every operation, as the OpenAPI document names it. */
export const trespasses: ReadonlyMap<string, Trespass> = new Map(
  [...ofTheWire(), ...entriesOf(others).map(([name, other]) => trespass(otherRoutes[name], ...other))].map(
    (each) => [operationOf(each.route), each],
  ),
);

function ofTheWire(): readonly Trespass[] {
  const begun = trespass(commandRoutes["conversation.create"], 403, (target) => ({
    ...about(target),
    kind: "group",
  }));
  const listed = trespass(queryRoutes.conversations, 200, nothing);
  return [
    ...[begun, listed],
    ...commands.map(([type, make]) => trespass(routeOf(commandRoutes, type), 404, asFields(make))),
    ...queries.map(([type, make]) => trespass(routeOf(queryRoutes, type), 404, asFields(make))),
  ];
}

function asFields(make: (target: Target) => object): Trespass["make"] {
  return (target) => {
    const { type: _type, ...fields } = { type: undefined, ...make(target) };
    return fields;
  };
}

function trespass(route: Route, status: number, make: Trespass["make"]): Trespass {
  return { route, status, make };
}

function routeOf(table: Readonly<Record<string, Route>>, type: string): Route {
  const route = table[type];
  if (!route) throw new Error(`no route for ${type}`);
  return route;
}

function operationOf({ method, path }: Route): string {
  return `${method} ${path.replaceAll(/:(\w+)/gu, "{$1}")}`;
}

/** The line and the body of a request that says these fields. */
export function requestFor(
  route: Route,
  fields: Readonly<Record<string, unknown>>,
): { readonly line: string; readonly body: Readonly<Record<string, unknown>> | undefined } {
  const inPath = new Set(pathFields(route));
  const path = route.path.replaceAll(/:(\w+)/gu, (_match, name: string) =>
    encodeURIComponent(String(fields[name])),
  );
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !inPath.has(name)));
  if (route.method !== "GET") return { line: `${route.method} ${path}`, body: rest };
  const search = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)]));
  return { line: `GET ${path}?${search}`, body: undefined };
}
