import type { Policy } from "../protocol/policy.ts";
import type { LinkPreview } from "../protocol/previews.ts";
import type { Archive } from "./archive.ts";

/** What the parts of one backend share, and what a fault may exchange while they run. */
export interface State {
  archive: Archive;
  epoch: string;
  policy: Policy;
  readonly preview: (url: string) => LinkPreview | undefined;
  /** How long deliveries take. */
  delayMs: number;
  isOffline: boolean;
}
