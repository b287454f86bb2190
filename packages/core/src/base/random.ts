/** The only source of chance in a client. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Fills `bytes` and returns it; ids are made of these, so they must be unpredictable outside tests. */
  fill(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** Drawn from the platform in one go, handed out in pieces: a call of its own takes longer than all else in an id. */
const pool = new Uint8Array(1_024);
let used = pool.length;

/**
 * The platform's randomness. Ids come from `getRandomValues`, which unlike `randomUUID` also exists on pages
 * that are not a secure context (http on a local address).
 */
export const systemRandom: Random = {
  next: () => Math.random(),
  fill(bytes) {
    for (let index = 0; index < bytes.length; index += 1) {
      if (used === pool.length) {
        platformCrypto().getRandomValues(pool);
        used = 0;
      }
      bytes[index] = pool[used++] ?? 0;
    }
    return bytes;
  },
};

/** React Native has none of its own. */
function platformCrypto(): Crypto {
  const { crypto }: Partial<typeof globalThis> = globalThis;
  if (crypto) return crypto;
  throw new Error(
    "unable to make ids; crypto.getRandomValues is missing: import a polyfill first, as react-native-get-random-values",
  );
}
