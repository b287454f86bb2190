/** What is so from the beginning. */
export interface Setting {
  /** Who has a device; the same person twice has two. */
  readonly devices: readonly string[];
  readonly rates: "none" | "tight";
  readonly disks: "strict" | "relaxed";
  /** Absent: nobody has any. `scanned`: each is looked through before anybody sees it. */
  readonly files?: "plain" | "scanned" | undefined;
  /** What Ada and Bob have to themselves is a direct conversation; people block and report each other. */
  readonly contacts?: boolean | undefined;
  /** What is old, or too much, is not kept. */
  readonly retention?: boolean | undefined;
}
