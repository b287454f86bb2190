import { createHash, createHmac } from "node:crypto";
import { isMessagingError } from "@tidings/core/errors";
import type { Identity } from "@tidings/core/memory";

/** Headers of HTTP, or the authorisation object inside a WebSocket, by names in lower case. */
export type Claims = ReadonlyMap<string, string>;

/** What was signed, as the server sees it. */
export interface Signed {
  readonly url: string;
  readonly body: string;
}

export interface IdentityOptions {
  readonly authenticate: (token: string) => Identity | Promise<Identity>;
  /** Key to user. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** Access key to its secret; the user is the access key. */
  readonly accessKeys?: Readonly<Record<string, string>>;
}

/** The one error there is for who may not come in, as AppSync puts it. */
export class Unauthorised extends Error {}

export function claimsOf(fields: object): Claims {
  return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** @throws {Unauthorised} */
export async function identify(
  { authenticate, apiKeys = {}, accessKeys = {} }: IdentityOptions,
  claims: Claims,
  signed: Signed,
): Promise<Identity> {
  const authorization = claims.get("authorization");
  const userId = apiKeys[claims.get("x-api-key") ?? ""];
  if (userId !== undefined) return { userId };
  if (authorization?.startsWith("AWS4-HMAC-SHA256 "))
    return verify(authorization, claims, signed, accessKeys);
  if (authorization === undefined) throw new Unauthorised("Valid authorization header not provided.");
  try {
    return await authenticate(authorization.replace(/^Bearer /, ""));
  } catch (error) {
    const isOld = isMessagingError(error) && error.code === "auth/expired";
    throw new Unauthorised(isOld ? "Token has expired." : "Unable to parse JWT token.");
  }
}

/** Signature Version 4, computed once more from the guide: nothing here is the transport's. */
function verify(
  authorization: string,
  claims: Claims,
  { url, body }: Signed,
  secrets: Readonly<Record<string, string>>,
): Identity {
  const [, accessKey = "", scope = "", names = "", signature] =
    /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(authorization) ?? [];
  const { host, pathname } = new URL(url);
  const values = new Map([...claims, ["host", claims.get("host") ?? host]]);
  const headers = names.split(";").map((name) => `${name}:${values.get(name)?.trim()}\n`);
  const canonical = ["POST", pathname, "", headers.join(""), names, sha256(body)].join("\n");
  const [day = "", region = "", service = ""] = scope.split("/");
  const toSign = ["AWS4-HMAC-SHA256", values.get("x-amz-date"), scope, sha256(canonical)].join("\n");
  const secret = secrets[accessKey];
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  if (secret === undefined || service !== "appsync" || hmac(key, toSign).toString("hex") !== signature)
    throw new Unauthorised("The request signature we calculated does not match the signature you provided.");
  return { userId: accessKey };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
