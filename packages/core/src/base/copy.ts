/** A deep copy of plain data. As `structuredClone` makes it, where there is one: React Native has none. */
export function copyOf<T>(value: T): T {
  const { structuredClone: clone }: Partial<typeof globalThis> = globalThis;
  return clone ? clone(value) : copyByHand(value);
}

function copyByHand<T>(value: T): T;
function copyByHand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyByHand);
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyByHand(field)]));
}
