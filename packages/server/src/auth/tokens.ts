import { type ErrorCode, MessagingError } from "@tidings/core/errors";
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
  SignJWT,
} from "jose";
import type { Identity } from "../engine/greeting.ts";
import { refuse } from "../engine/packets.ts";
import type { Refusal } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";
import { KeysUnavailable } from "./remote-keys.ts";
import type { Scope } from "./scopes.ts";

/** Of tokens signed with the secret. */
const ALGORITHM = "HS256";

/** By which public keys may sign. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "EdDSA",
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** The shortest secret HS256 should have, in bytes (RFC 7518, section 3.2). */
export const SHORTEST_SECRET = 32;

/** Names put into tokens, and demanded of them, unless told otherwise. */
export const DEFAULT_ISSUER = "tidings";
export const DEFAULT_AUDIENCE = "tidings";

/** Ids as the wire allows them. */
const userIdPattern = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

export interface IssueTokenOptions {
  /** Shared with the server; at least 32 bytes. */
  readonly secret: string;
  readonly userId: string;
  /** Default 7 days. */
  readonly expiresInMs?: number;
  /** The name of a tier, which multiplies the user's rates. */
  readonly tier?: string;
  /** Names of roles, which the server's settings give scopes. */
  readonly roles?: readonly string[];
  /** Default `"tidings"`. */
  readonly issuer?: string;
  /** Default `"tidings"`. */
  readonly audience?: string;
}

/** Seven days. */
const EXPIRES_IN_MS = 604_800_000;

/**
 * Makes the token with which `userId` opens links: a JWT, signed with HS256. Your backend calls this, or makes the
 * same token by its own means, once it knows who is asking.
 *
 * @throws {MessagingError} `client/misused`
 */
export async function issueToken(options: IssueTokenOptions): Promise<string> {
  const { secret, userId, expiresInMs = EXPIRES_IN_MS } = options;
  const { issuer = DEFAULT_ISSUER, audience = DEFAULT_AUDIENCE } = options;
  const key = new TextEncoder().encode(secret);
  if (key.length < SHORTEST_SECRET) throw misused(`the secret has less than ${SHORTEST_SECRET} bytes`);
  if (!isUserId(userId))
    throw misused(`the user id must be 1 to 128 characters, none of them a control, and not "${SYSTEM}"`);
  const now = Date.now();
  const { tier, roles } = options;
  return new SignJWT({ ...(tier !== undefined && { tier }), ...(roles && { roles }) })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(userId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + expiresInMs) / 1_000))
    .sign(key);
}

/** Whom a token speaks for, and what they may beyond their own rights. */
export interface TokenHolder extends Identity {
  readonly scopes: ReadonlySet<Scope>;
}

export interface AuthenticatorOptions {
  /** Accepts tokens signed with it by HS256. */
  readonly secret?: string | undefined;
  /** Accepts tokens signed by its keys. */
  readonly keys?: JWTVerifyGetKey | undefined;
  /** By which the tokens of `keys` may be signed. */
  readonly algorithms?: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  /** What the claim `tier` multiplies the rates by. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** What the names in the claim `roles` allow. */
  readonly roles?: Readonly<Record<string, readonly Scope[]>>;
}

/**
 * Accepts what `issueToken` makes, and what the owner of `keys` signs. The algorithm is never the token's choice: a
 * secret answers for HS256 alone and public keys for `algorithms` alone, so that neither can be taken for the other. An
 * expired token is not an invalid one: the client renews it and comes back.
 */
export function createAuthenticator(
  options: AuthenticatorOptions,
): (token: string) => Promise<TokenHolder | Refusal> {
  const { secret, keys, algorithms = [], issuer, audience } = options;
  const key = secret === undefined ? undefined : new TextEncoder().encode(secret);
  const verify = async (token: string): Promise<JWTPayload> => {
    const { alg = "none" } = decodeProtectedHeader(token);
    const demands = { issuer, audience };
    if (key && alg === ALGORITHM)
      return (await jwtVerify(token, key, { ...demands, algorithms: [ALGORITHM] })).payload;
    if (keys && algorithms.includes(alg))
      return (await jwtVerify(token, keys, { ...demands, algorithms: [alg] })).payload;
    throw new errors.JOSEAlgNotAllowed();
  };
  return async (token) => {
    try {
      const payload = await verify(token);
      const { sub: userId, exp, iat } = payload;
      if (userId === undefined || !isUserId(userId)) return refused("auth/invalid", "it names no user");
      return {
        userId,
        ...(exp !== undefined && { expiresAt: exp * 1_000 }),
        ...(iat !== undefined && { issuedAt: iat * 1_000 }),
        ...claimed(payload, options),
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refused("auth/expired", "it has expired");
      if (error instanceof KeysUnavailable)
        return refuse("auth/unavailable", `unable to check the token; ${error.message}`, 5_000);
      return refused("auth/invalid", "its form, key, issuer or audience is not what this server expects");
    }
  };
}

/** May somebody be called so? Not as the server calls itself. */
export function isUserId(text: string): boolean {
  return userIdPattern.test(text) && text !== SYSTEM;
}

/** Names the settings do not know mean nothing. */
function claimed(
  { tier, roles }: JWTPayload,
  { tiers = {}, roles: known = {} }: AuthenticatorOptions,
): Pick<TokenHolder, "rateFactor" | "scopes"> {
  const names = Array.isArray(roles) ? roles.filter((name) => typeof name === "string") : [];
  const scopes = names.flatMap((name) => (Object.hasOwn(known, name) ? (known[name] ?? []) : []));
  const factor = typeof tier === "string" && Object.hasOwn(tiers, tier) ? tiers[tier] : undefined;
  return { scopes: new Set(scopes), ...(factor !== undefined && { rateFactor: factor }) };
}

function refused(code: ErrorCode, reason: string): Refusal {
  return refuse(code, `unable to accept the token; ${reason}`);
}

function misused(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to issue the token; ${reason}` });
}
