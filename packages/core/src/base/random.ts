/** The only source of chance in a client. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Fills `bytes` and returns it; ids are made of these, so they must be unpredictable outside tests. */
  fill(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/**
 * The platform's randomness. Ids come from `getRandomValues`, which unlike `randomUUID` also exists on pages
 * that are not a secure context (http on a local address).
 */
export const systemRandom: Random = {
  next: () => Math.random(),
  fill: (bytes) => crypto.getRandomValues(bytes),
};
