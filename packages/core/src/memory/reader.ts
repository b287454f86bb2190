import type { Limits } from "../protocol/policy.ts";
import type { LinkPreview } from "../protocol/previews.ts";
import type { Archive } from "./archive.ts";

/** Who asks, of what. */
export interface Reader {
  readonly archive: Archive;
  readonly epoch: string;
  readonly userId: string;
  /** No page is longer, whatever the query says. */
  readonly pageSize: number;
  readonly limits: Limits;
  /** What is known of an address. */
  readonly preview: (url: string) => LinkPreview | undefined;
  /** Server time, ms. */
  readonly at: number;
}
