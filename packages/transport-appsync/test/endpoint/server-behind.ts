import type { Transport } from "@tidings/core";
import type { EndpointOptions } from "./endpoint.ts";

/**
 * Puts a real server behind the endpoint: each request to AppSync is a link of its own to the server, by a fresh token.
 *
 * @param server - how it is reached.
 * @param token - for a user.
 */
export function serverBehind(
  server: Transport,
  token: (userId: string) => Promise<string>,
): Pick<EndpointOptions, "memory" | "authenticate"> {
  const transport = (userId = ""): Transport => ({
    supports: server.supports,
    open: async (request, signal) => server.open({ ...request, token: await token(userId) }, signal),
  });
  return { memory: { transport }, authenticate: userOf };
}

/** Whose token it is; the server behind looks at it no more. */
function userOf(token: string): { readonly userId: string } {
  const [, claims = ""] = token.split(".");
  const { sub }: { readonly sub?: unknown } = Object(JSON.parse(Buffer.from(claims, "base64url").toString()));
  return { userId: String(sub) };
}
