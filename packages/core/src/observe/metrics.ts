import type { Heap } from "../base/heap.ts";
import type { ConnectionName } from "../connection/machine.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { Durability } from "../ports/storage.ts";
import type { Summary } from "./tallies.ts";

/** What a client has done since it was made. Times are by its clock, in ms; a summary is absent before its first figure. */
export interface ClientMetrics {
  readonly since: number;
  readonly sent: {
    /** Submits, repeated ones included. */
    readonly submits: number;
    readonly perMinute: number;
    readonly accepted: number;
    /** Refused for good. */
    readonly refused: number;
    /** Refused for now, or the link went before the answer. */
    readonly deferred: number;
    /** From a submit to its answer. */
    readonly answerMs: Summary | undefined;
    /** From when the person did it until it was accepted: offline time included. */
    readonly acceptedAfterMs: Summary | undefined;
  };
  readonly received: {
    readonly changes: number;
    readonly receipts: number;
    readonly signals: number;
    readonly perMinute: number;
    /** Changes that came although they were known: they had no effect. */
    readonly duplicates: number;
    /** How often a conversation on show turned out to lack something. */
    readonly gaps: number;
    /** Conversations that lack something now, and since when the first does. */
    readonly openGaps: number;
    readonly gapSince: number | undefined;
  };
  readonly queue: {
    readonly waiting: number;
    readonly failed: number;
    /** When the oldest that waits was given. */
    readonly oldestAt: number | undefined;
  };
  readonly connection: {
    readonly name: ConnectionName;
    readonly since: number;
    /** Since when a link has been wanted and is not there. */
    readonly downSince: number | undefined;
    readonly opened: number;
    readonly failed: number;
    readonly closed: number;
    /** Links that ended in the last minute. */
    readonly closedPerMinute: number;
    readonly openMs: Summary | undefined;
    /** In which there was a link, up to the latest that ended. */
    readonly onlineMs: number;
  };
  readonly queryMs: Summary | undefined;
  /** Conversations that could be shown from storage, and those whose newest page had to be asked for. */
  readonly cache: { readonly hits: number; readonly misses: number };
  readonly storage: {
    readonly durability: Durability;
    readonly readMs: Summary | undefined;
    readonly writeMs: Summary | undefined;
    readonly failures: number;
    readonly failuresPerMinute: number;
  };
  /** What the app told, and how long listeners took for what arrived. */
  readonly renderMs: Summary | undefined;
  readonly listenersMs: Summary | undefined;
  /** Errors, by code. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Where the platform tells. */
  readonly memory: Heap | undefined;
}
