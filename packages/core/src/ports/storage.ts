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

/** Keeps structured-cloneable values under ordered keys. It knows nothing of chat. */
export interface Storage {
  readonly supports: { readonly durability: Durability };
  /** @throws {MessagingError} `storage/failed` */
  open(): Promise<void>;
  /** `undefined` if there is none. */
  get(key: StorageKey): Promise<unknown>;
  scan(range: StorageRange): Promise<readonly (readonly [StorageKey, unknown])[]>;
  /**
   * All or none, in the order given; durable as declared when it resolves.
   *
   * @throws {MessagingError} `storage/full`, `storage/failed`
   */
  write(operations: readonly StorageOperation[]): Promise<void>;
  close(): Promise<void>;
}
