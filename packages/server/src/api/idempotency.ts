import { createHash } from "node:crypto";

const uuid7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u;

/** What `Idempotency-Key` may be. */
export const keyPattern: RegExp = /^[\x21-\x7e]{1,255}$/u;

/**
 * The id of the command that goes with an `Idempotency-Key`. A UUID of version 7 is the id itself, as on the wire; any
 * other key is hashed, together with who asks and for what, into the form of one: the same request by the same user makes
 * the same command, and the same key may be used for something else.
 */
export function commandIdOf(key: string, actorId: string, type: string, target: string): string {
  if (uuid7.test(key)) return key;
  const hash = createHash("sha256")
    .update(JSON.stringify(["tidings", actorId, type, target, key]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x70;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
