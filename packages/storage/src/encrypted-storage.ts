/** Encryption at rest, around any storage. */
import type { Storage, StorageKey, StorageOperation } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { select } from "./select.ts";
import { fromText, toName, toText } from "./text.ts";
import { type EncryptionKey, firstDataKey, lock, openVault, unlock, type Vault } from "./vault.ts";

export type { EncryptionKey } from "./vault.ts";

export interface EncryptedStorageOptions {
  /** Where it is kept: empty, or written by an `encryptedStorage` before. Nobody else opens or closes it. */
  readonly storage: Storage;
  /** From your key management: the app gets it from where an attacker of the device does not. */
  readonly key: EncryptionKey;
  /** Those before it. A store that one of them opens is locked anew with `key`, in one small write. */
  readonly previousKeys?: readonly EncryptionKey[];
}

const KEYRING: StorageKey = ["keyring"];
const ENTRIES = "entry";
const VERSION = 1;

/**
 * Values are sealed with AES-GCM, each bound to its place, by a data key of which the app's key is the lock; the parts of
 * keys are blinded with HMAC. What stays visible to who has the disk: how many entries there are, how large they are and
 * when they were written, and which of them begin with the same parts. Old copies put back in their place are not noticed.
 *
 * Because keys are blinded, a scan reads all below its prefix and sorts afterwards, whatever its limit.
 *
 * A new key changes the lock, not what it locks: after a leak of the old key together with the old data, begin a new store.
 *
 * Needs WebCrypto: a page with TLS, Node, or a polyfill on React Native. `open` throws `storage/locked` if no key fits.
 *
 * @example
 * ```ts
 * import { encryptedStorage } from "@tidings/storage/encrypted";
 * import { indexedDbStorage } from "@tidings/storage/indexeddb";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32)); // or from your server, after the person has signed in
 * const storage = encryptedStorage({ storage: indexedDbStorage({ name: "my-app-ada" }), key });
 * ```
 */
export function encryptedStorage({ storage, key, previousKeys = [] }: EncryptedStorageOptions): Storage {
  let vault: Vault | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const underWay = new Set<Promise<unknown>>();

  const use = async <T>(work: (vault: Vault) => Promise<T>): Promise<T> => {
    if (!vault)
      throw new MessagingError("storage/failed", { message: "unable to use the storage; it is not open" });
    const working = work(vault);
    underWay.add(working);
    return working.finally(() => underWay.delete(working));
  };

  return {
    supports: { ...storage.supports, paging: false },
    async open() {
      await storage.open();
      try {
        vault ??= await openVault(await dataKeyOf(storage, [key, ...previousKeys]));
      } catch (error) {
        await storage.close();
        throw error;
      }
    },
    get: (entry) =>
      use(async (open) => {
        const place = await placeOf(open, entry);
        const value = await storage.get(place);
        return value === undefined ? undefined : (await read(open, value, place)).value;
      }),
    scan: (range) =>
      use(async (open) => {
        const found = await storage.scan({ prefix: await placeOf(open, range.prefix) });
        const entries = await Promise.all(found.map(([place, value]) => read(open, value, place)));
        return select(entries, ({ name }) => name, range).map((each) => [each.key, each.value] as const);
      }),
    write: (operations) =>
      use((open) => {
        const sealing = Promise.all(operations.map((each) => seal(open, each)));
        const turn = Promise.all([sealing, last]).then(([sealed]) => storage.write(sealed));
        last = turn.catch(() => {});
        return turn;
      }),
    async close() {
      vault = undefined;
      await Promise.allSettled(underWay);
      await storage.close();
    },
  };
}

async function placeOf({ blind }: Vault, key: StorageKey): Promise<StorageKey> {
  return [ENTRIES, ...(await blind(key))];
}

async function seal(open: Vault, operation: StorageOperation): Promise<StorageOperation> {
  if (operation.type === "delete") return { ...operation, key: await placeOf(open, operation.key) };
  const text = toText([operation.key, operation.value]);
  const key = await placeOf(open, operation.key);
  return { type: "put", key, value: await open.seal(text, key) };
}

async function read({ unseal }: Vault, sealed: unknown, place: StorageKey): Promise<Entry> {
  try {
    const [key, value] = Object(fromText(await unseal(sealed, place)));
    return { key, name: toName(key), value };
  } catch (cause) {
    const message = "unable to read from the storage; an entry is not as it was written";
    throw new MessagingError("storage/failed", { message, retryable: false, cause });
  }
}

interface Entry {
  readonly key: StorageKey;
  readonly name: string;
  readonly value: unknown;
}

/** Opens with whichever key fits, and locks with the first. @throws {MessagingError} `storage/locked`, `storage/version` */
async function dataKeyOf(
  storage: Storage,
  [first, ...others]: readonly EncryptionKey[],
): Promise<ArrayBuffer> {
  const found = await storage.get(KEYRING);
  if (!first) throw locked("no key was given");
  const relock = async (dataKey: ArrayBuffer): Promise<ArrayBuffer> => {
    const value = { version: VERSION, locked: await lock(dataKey, first) };
    await storage.write([{ type: "put", key: KEYRING, value }]);
    return dataKey;
  };
  if (found === undefined) {
    if ((await storage.scan({ prefix: [], limit: 1 })).length > 0)
      throw locked("what it holds is not encrypted");
    return relock(await firstDataKey(first));
  }
  const { version, locked: sealed } = Object(found);
  if (version > VERSION) {
    const message = "unable to open the storage; it was encrypted by a newer version";
    throw new MessagingError("storage/version", { message });
  }
  const dataKey = await unlock(sealed, first);
  if (dataKey) return dataKey;
  for (const other of others) {
    const older = await unlock(sealed, other);
    if (older) return relock(older);
  }
  throw locked("none of the keys fits");
}

function locked(reason: string): MessagingError {
  return new MessagingError("storage/locked", { message: `unable to open the storage; ${reason}` });
}
