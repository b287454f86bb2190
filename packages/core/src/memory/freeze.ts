/**
 * Freezes a value and all it holds, so that one copy can be handed to every client. What is frozen already is taken to be
 * frozen to its depth: freeze only what nobody else has frozen at the surface.
 */
export function freezeDeep<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freezeDeep(part);
  }
  return value;
}
