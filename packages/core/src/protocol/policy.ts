import type { Role } from "./records.ts";

/** A token bucket: holds at most `burst`, gains `tokens` every `perMs`; one command takes one. */
export interface Rate {
  /** For display, as "minute" or "day". */
  readonly name: string;
  /** Counted over all of a user's conversations, or for each alone. */
  readonly scope: "user" | "conversation";
  readonly tokens: number;
  readonly perMs: number;
  readonly burst: number;
}

/** Bounds a server enforces. */
export interface Limits {
  /** Characters (UTF-16 units) in one message. */
  readonly textLength: number;
  /** Bytes in one frame. */
  readonly frameBytes: number;
  /** Submits and queries that may wait for an answer at once on one link. */
  readonly inFlight: number;
  readonly pageSize: number;
  readonly members: number;
  readonly invitations: number;
  readonly pins: number;
  /** Notes one person may keep. Absent where the backend keeps none: they are `command/unsupported`. */
  readonly notes?: number;
  /** Options of one poll. Absent where the backend takes no polls: they are `command/unsupported`. */
  readonly pollOptions?: number;
  /** The backend looks forwarded messages up. Absent: to forward is `command/unsupported`. */
  readonly forwards?: boolean;
  /** The backend looks up what links lead to. Absent: to ask for it is `command/unsupported`. */
  readonly previews?: boolean;
  /** What files may be like. Absent where the backend keeps none: they are `command/unsupported`. */
  readonly files?: FileLimits;
  /** How far ahead a message or a reminder may be planned. Absent where nothing is done later. */
  readonly planAheadMs?: number;
  /** There are moderators who look at reports and appeals. Absent: both are `command/unsupported`. */
  readonly reports?: boolean;
  /** For so long a conversation's own retention keeps messages at least. Absent where conversations have none of their own. */
  readonly keepAtLeastMs?: number;
}

export interface FileLimits {
  /** Of one file. */
  readonly bytes: number;
  readonly perMessage: number;
  /** Uploads one person may begin in an hour; a preview belongs to its file. */
  readonly perHour: number;
  /** Media types; `*` at the end of one stands for anything. */
  readonly types: readonly string[];
  /** Who is less than this in a conversation may put no file there. Absent: every member may. */
  readonly leastRole?: Role;
}

/** What the server announces at `welcome`, and again when it changes. The client's buckets and timers learn from it. */
export interface Policy {
  readonly heartbeatMs: number;
  /** A typing signal at most this often, and gone this long after the last. */
  readonly typing: { readonly everyMs: number; readonly expiresMs: number };
  /** Without a sign of life for this long, a user counts as offline. */
  readonly presenceExpiresMs: number;
  /** Rates for `message.send`. */
  readonly rates: readonly Rate[];
  readonly limits: Limits;
}

const MINUTE_MS = 60_000;

/** The settled numbers of the product. A server may announce others. */
export const defaultPolicy: Policy = {
  heartbeatMs: 30_000,
  typing: { everyMs: 3_000, expiresMs: 6_000 },
  presenceExpiresMs: 60_000,
  rates: [
    { name: "minute", scope: "conversation", tokens: 60, perMs: MINUTE_MS, burst: 10 },
    { name: "minute", scope: "user", tokens: 100, perMs: MINUTE_MS, burst: 100 },
    { name: "hour", scope: "user", tokens: 1_000, perMs: 60 * MINUTE_MS, burst: 1_000 },
    { name: "day", scope: "user", tokens: 10_000, perMs: 24 * 60 * MINUTE_MS, burst: 10_000 },
  ],
  limits: {
    textLength: 10_000,
    frameBytes: 65_536,
    inFlight: 256,
    pageSize: 100,
    members: 1_000,
    invitations: 100,
    pins: 50,
    notes: 1_000,
    pollOptions: 20,
    forwards: true,
    files: {
      bytes: 10 * 1_024 * 1_024,
      perMessage: 10,
      perHour: 10,
      types: [
        "image/*",
        "video/*",
        "audio/*",
        "text/plain",
        "text/csv",
        "application/json",
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.*",
        "application/vnd.oasis.opendocument.*",
      ],
    },
    planAheadMs: 366 * 24 * 60 * MINUTE_MS,
    reports: true,
    keepAtLeastMs: MINUTE_MS,
  },
};
