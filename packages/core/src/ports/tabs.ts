import type { Clock } from "../base/clock.ts";
import type { Transport } from "./transport.ts";

/**
 * The other clients of one user on one storage: the tabs of an app in one browser. One of them has the link and serves
 * all; what a tab left on storage when it was closed, another takes over. One per client.
 */
export interface Tabs {
  join(member: TabMember): TabMembership;
}

export interface TabMember {
  readonly clientId: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** There may be commands on storage whose tab lives no more, and this tab is the one to take them over. */
  readonly onOrphans: () => void;
  /** This tab had left for a while, and others may have taken over what it was to send. */
  readonly onReturn: () => void;
  /** Everything given to storage is there. Until then a tab that leaves counts as living, or it would leave more behind. */
  readonly idle: () => Promise<void>;
}

export interface TabMembership {
  /** Reaches the same backend, by the link that all tabs share. */
  readonly transport: Transport;
  /** Whose commands on storage are to be left alone, because their tab lives; `undefined` if another takes over. */
  living(): Promise<ReadonlySet<string> | undefined>;
  /** The client is closed: whoever is left sees to the link and to what waits. */
  leave(): void;
}
