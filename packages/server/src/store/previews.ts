import type { LinkPreview } from "@tidings/core/protocol";

/** What a page said of itself, or that it said nothing. */
export interface KeptPreview {
  /** Made of the conversation and the address: says neither. */
  readonly key: string;
  readonly preview?: Omit<LinkPreview, "image">;
  /** Address of its picture, elsewhere. */
  readonly imageSource?: string;
  /** Server time, ms. */
  readonly expiresAt: number;
}

/** What pages said, for all nodes. It can be asked for again, so nothing of it is part of anybody's data. */
export interface PreviewTable {
  /** Expired or not. */
  find(key: string): Promise<KeptPreview | undefined>;
  /** Instead of what was kept under the key. */
  put(kept: KeptPreview): Promise<void>;
  /**
   * Forgets what expired before `before`, and of more than `MOST_PREVIEWS` what expires first, a bounded number at a
   * time; how many it forgot.
   */
  forget(before: number): Promise<number>;
}

/** Kept at once (D9). */
export const MOST_PREVIEWS = 50_000;

/** Forgotten at once. */
export const FORGOTTEN_AT_ONCE = 1_000;
