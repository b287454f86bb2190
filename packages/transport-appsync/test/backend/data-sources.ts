import type { BackendRequest } from "../../src/backend/index.ts";
import type { Sources } from "./appsync-js.ts";

/** What AppSync adds to the context of a response: a result, or what went wrong. */
interface Found {
  readonly result: unknown;
  readonly error?: { readonly type: string; readonly message: string };
}

/** What a resolver asks of its data source. */
interface Asked {
  readonly operation?: string;
  readonly payload?: BackendRequest;
  readonly key?: object;
  readonly consistentRead?: boolean;
  readonly transactItems?: readonly { readonly table: string; readonly key: object }[];
}

/** Asks a data source of the template, as AppSync does. */
export async function askSource(source: string, given: unknown, sources: Sources): Promise<Found> {
  const { operation, payload, key, consistentRead, transactItems }: Asked = Object(given);
  if (source === "NoData") return { result: payload };
  if (source === "FunctionData" && operation === "Invoke" && payload) return invoke(payload, sources);
  if (source === "TableData" && operation === "GetItem") {
    const body = { TableName: sources.table, Key: key, ConsistentRead: consistentRead };
    return call(sources, "GetItem", body, ({ Item }) => plain(Item));
  }
  if (source === "TableData" && operation === "TransactGetItems" && transactItems) {
    const TransactItems = transactItems.map((get) => ({ Get: { TableName: get.table, Key: get.key } }));
    const items = ({ Responses }: Body): unknown => ({
      items: [Responses].flat().map((found) => plain(Object(found).Item)),
    });
    return call(sources, operation, { TransactItems }, items);
  }
  throw new TypeError(`${source} cannot be asked for ${operation}`);
}

/** A function that ends without an answer is an error of AppSync's own. */
async function invoke(payload: BackendRequest, { lambda }: Sources): Promise<Found> {
  try {
    return { result: copy(await lambda(payload)) };
  } catch (error) {
    return { result: null, error: { type: "Lambda:Unhandled", message: String(error) } };
  }
}

interface Body {
  readonly Item?: unknown;
  readonly Responses?: unknown;
}

async function call(
  { send }: Sources,
  operation: string,
  body: object,
  read: (answer: Body) => unknown,
): Promise<Found> {
  const { ok, body: answer } = await send(operation, body);
  if (ok) return { result: read(Object(answer)) };
  const { __type = "", message } = Object(answer);
  const type = `DynamoDB:${String(__type).split("#")[1]}`;
  return { result: null, error: { type, message: String(message) } };
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

export function copy<T = unknown>(value: unknown): T {
  return JSON.parse(JSON.stringify(value ?? null));
}
