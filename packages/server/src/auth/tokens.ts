import { type ErrorCode, MessagingError } from "@tidings/core/errors";
import { errors, jwtVerify, SignJWT } from "jose";
import type { Authenticate } from "../engine/greeting.ts";
import { refuse } from "../engine/packets.ts";
import type { Refusal } from "../store/store.ts";

/** Pinned: whatever a token says of itself, `none` included, only this is accepted. */
const ALGORITHM = "HS256";

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
  if (!userIdPattern.test(userId))
    throw misused("the user id must be 1 to 128 characters, none of them a control");
  const now = Date.now();
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(userId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + expiresInMs) / 1_000))
    .sign(key);
}

export interface AuthenticatorOptions {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Accepts what `issueToken` makes. An expired token is not an invalid one: the client renews it and comes back. */
export function createAuthenticator({ secret, issuer, audience }: AuthenticatorOptions): Authenticate {
  const key = new TextEncoder().encode(secret);
  return async (token) => {
    try {
      const verified = await jwtVerify(token, key, { algorithms: [ALGORITHM], issuer, audience });
      const { sub: userId, exp } = verified.payload;
      if (userId === undefined || !userIdPattern.test(userId))
        return refused("auth/invalid", "it names no user");
      return exp === undefined ? { userId } : { userId, expiresAt: exp * 1_000 };
    } catch (error) {
      return error instanceof errors.JWTExpired
        ? refused("auth/expired", "it has expired")
        : refused("auth/invalid", "its form, secret, issuer or audience is not what this server expects");
    }
  };
}

function refused(code: ErrorCode, reason: string): Refusal {
  return refuse(code, `unable to accept the token; ${reason}`);
}

function misused(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to issue the token; ${reason}` });
}
