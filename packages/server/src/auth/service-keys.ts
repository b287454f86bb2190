import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Scope } from "./scopes.ts";

/** How a key is told from a token. */
const PREFIX = "tsk_";

/** A key with which a backend of yours asks the HTTP API. The server knows its hash only. */
export interface ServiceKey {
  /** For the log. */
  readonly name: string;
  /** SHA-256 of the key, in hexadecimal. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
}

/** A new key: 256 random bits, so one round of SHA-256 is hash enough. */
export function createServiceKey(): { readonly key: string; readonly hash: string } {
  const key = PREFIX + randomBytes(32).toString("base64url");
  return { key, hash: digest(key).toString("hex") };
}

export function isServiceKey(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

/** Finds the key that was presented. Takes as long for a wrong one as for a right one. */
export function createKeyRing(keys: readonly ServiceKey[]): (presented: string) => ServiceKey | undefined {
  const known = keys.map((key) => ({ key, hash: Buffer.from(key.hash, "hex") }));
  return (presented) => {
    const hash = digest(presented);
    // All of them, whichever fits.
    return known.filter((one) => timingSafeEqual(one.hash, hash))[0]?.key;
  };
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
