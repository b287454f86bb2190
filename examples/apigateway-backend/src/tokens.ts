import { MessagingError } from "@tidings/core/errors";
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { Identity } from "./call.ts";

export interface TokensOptions {
  readonly issuer: string;
  /** Whom the tokens are for; anybody if absent. */
  readonly audience?: string;
  /** The issuer's published keys by default. */
  readonly keys?: JWTVerifyGetKey;
}

/** Tokens of an OpenID Connect issuer; a Cognito user pool is one too. The user's id is their `sub`. */
export function oidcTokens(options: TokensOptions): (token: string) => Promise<Identity> {
  const { issuer, audience } = options;
  const keys =
    options.keys ?? createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, "")}/.well-known/jwks.json`));
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        ...(audience !== undefined && { audience }),
      });
      const { sub, exp } = payload;
      if (sub === undefined) throw new MessagingError("auth/invalid");
      return { userId: sub, ...(exp !== undefined && { expiresAt: exp * 1_000 }) };
    } catch (cause) {
      throw new MessagingError(cause instanceof errors.JWTExpired ? "auth/expired" : "auth/invalid", {
        cause,
      });
    }
  };
}
