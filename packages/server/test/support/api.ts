import type { TidingsServer } from "../../src/index.ts";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined if there is no body. */
  readonly json: unknown;
}

export interface Call {
  /** A token, or a service key. */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One request, as `"PUT /v1/…"`. */
export async function call(
  server: TidingsServer,
  line: string,
  { token, body, headers }: Call = {},
): Promise<Answered> {
  const [method = "", path = ""] = line.split(" ");
  const response = await fetch(server.httpUrl + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson =
    response.headers.get("content-type")?.includes("json") === true &&
    !response.headers.get("content-type")?.includes("ndjson");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
