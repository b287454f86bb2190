import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

export interface RemoteKeysOptions {
  readonly url: string;
  /** A key nobody has heard of makes the server ask again, at most this often. Default 10 s. */
  readonly cooldownMs?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Keys are asked for again after this long, so that one that was taken back is not believed for good. */
const CACHED_MS = 600_000;

/** While the key server does not answer: how often it is asked, and for how long what it said last holds. */
const RETRY_MS = 5_000;
const STALE_MS = 86_400_000;
const TIMEOUT_MS = 5_000;

/** Nobody can say at the moment whether a token is good: neither a yes nor a no. */
export class KeysUnavailable extends Error {}

/**
 * The keys of a JWKS, followed while they rotate. A key server that is down does not lock anybody out whose key is
 * known: the last keys hold for a day.
 */
export function remoteKeys({ url, cooldownMs = 10_000, now }: RemoteKeysOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: cooldownMs,
    cacheMaxAge: CACHED_MS,
  });
  let failingSince: number | undefined;
  let failedAt = -Infinity;

  const fromMemory: JWTVerifyGetKey = async (header, token) => {
    const kept = now() - (failingSince ?? now()) < STALE_MS ? remote.jwks() : undefined;
    if (!kept) throw new KeysUnavailable("the keys cannot be fetched");
    try {
      return await createLocalJWKSet(kept)(header, token);
    } catch (error) {
      // It may be a new one.
      throw error instanceof errors.JWKSNoMatchingKey
        ? new KeysUnavailable("the key is not known yet")
        : error;
    }
  };

  return async (header, token) => {
    if (now() - failedAt < RETRY_MS) return fromMemory(header, token);
    const wasCoolingDown = remote.coolingDown;
    try {
      const key = await remote(header, token);
      if (remote.fresh) failingSince = undefined;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        throw wasCoolingDown ? new KeysUnavailable("the key is not known yet") : error;
      }
      if (error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported)
        throw error;
      failedAt = now();
      failingSince ??= failedAt;
      return fromMemory(header, token);
    }
  };
}
