/** A place in a store: compared part by part, each by UTF-16 code units. */
export type StorageKey = readonly string[];

/** Keys that begin with `prefix`, from `after` (exclusive) on, at most `limit`, ascending or `reverse`. */
export interface StorageRange {
  readonly prefix: StorageKey;
  readonly after?: StorageKey;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export type StorageOperation =
  | { readonly type: "put"; readonly key: StorageKey; readonly value: unknown }
  | { readonly type: "delete"; readonly key: StorageKey };

/** What survives: nothing, a closed tab but perhaps not a power cut, or everything once `write` has resolved. */
export type Durability = "memory" | "relaxed" | "strict";

/**
 * Keeps values under ordered keys. It knows nothing of chat. Its laws are docs/spec/storage.md; `storageConformance` holds
 * an adapter to them.
 *
 * A value is what JSON has, and `undefined`, bigint, `Date`, `Map`, `Set`, `ArrayBuffer` and typed arrays; of more than
 * that, such as a class of one's own, an adapter may keep what it can and refuses the rest. Whoever gives a value leaves
 * it alone until `write` has settled.
 */
export interface Storage {
  /**
   * `bytes`: false where there is by nature no room for files, as they are. `paging`: false where a scan reads all below its
   * prefix, whatever its limit; pages are then got entry by entry.
   */
  readonly supports: {
    readonly durability: Durability;
    readonly bytes?: boolean;
    readonly paging?: boolean;
  };
  /**
   * May be called again, also after `close`.
   *
   * @throws {MessagingError} `storage/failed`; `storage/version` if what is there was written by a newer version;
   *   `storage/locked` if it is encrypted, with another key.
   */
  open(): Promise<void>;
  /** `undefined` if there is none. */
  get(key: StorageKey): Promise<unknown>;
  scan(range: StorageRange): Promise<readonly (readonly [StorageKey, unknown])[]>;
  /**
   * All or none, in the order given, as are writes given at once; durable as declared when it resolves.
   *
   * @throws {MessagingError} `storage/full`, `storage/failed`
   */
  write(operations: readonly StorageOperation[]): Promise<void>;
  /** Finishes what was given before. */
  close(): Promise<void>;
}
