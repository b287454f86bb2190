import type { BackoffPolicy } from "../base/backoff.ts";
import type { ConnectionName } from "../connection/machine.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { Durability } from "../ports/storage.ts";
import type { LinkEvent, TransportSupport } from "../ports/transport.ts";
import type { Command } from "../protocol/commands.ts";
import type { Signal } from "../protocol/signals.ts";
import type { FaultSettings } from "./faults.ts";
import type { ClientState } from "./state.ts";

/** Of the format; a reader takes what it knows and refuses the rest. */
export const RECORDING_VERSION = 1;

/** The first line of a recording: whose it is, and how the client was made. */
export interface RecordingHeader {
  readonly type: "recording";
  readonly version: number;
  /** When the client was made. */
  readonly at: number;
  /** Nothing that people wrote is in it. */
  readonly redacted: boolean;
  /** So many entries were the oldest and had to go: with any gone it can be read, but not replayed. */
  readonly dropped: number;
  readonly supports: TransportSupport;
  readonly userId?: string | undefined;
  /** Absent: the app gave no storage. */
  readonly durability?: Durability | undefined;
  readonly hasAuth: boolean;
  /** The link was one that several tabs share: it can be read, but not replayed. */
  readonly hasTabs: boolean;
  readonly backoff?: BackoffPolicy | undefined;
  readonly maxMessages?: number | undefined;
  readonly maxOutboxEntries?: number | undefined;
}

/** Why something failed: never in words, which may be somebody's. */
export interface RecordedError {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  /** The code of what was behind it. */
  readonly cause?: ErrorCode | undefined;
}

/** What an app may ask of a client that leads to no command. */
export type CallName =
  | "connect"
  | "disconnect"
  | "close"
  | "open"
  | "retry"
  | "cancel"
  | "setPresence"
  | "loadOlder"
  | "loadNewer"
  | "loadAround"
  | "loadAt"
  | "loadMembers"
  | "versions"
  | "reactors"
  | "markRead"
  | "typing"
  | "stopTyping"
  | "draft";

/** What a client asks of what is around it, and waits for. */
export type Port = "transport" | "link" | "storage" | "auth";

/** What is on tape. Sizes are in UTF-16 units of the JSON. */
export type Recorded =
  | {
      readonly type: "call";
      readonly name: CallName;
      readonly conversationId?: string | undefined;
      readonly args: readonly (string | number | undefined)[];
      /** Of `retry`: the new id of the command. */
      readonly became?: string | undefined;
    }
  /** The person gave a command. */
  | { readonly type: "command"; readonly command: Command; readonly expiresAtMs?: number | undefined }
  | {
      readonly type: "ask";
      /** Which answer is to this. */
      readonly id: number;
      readonly port: Port;
      readonly call: string;
      readonly link?: number | undefined;
      /** Which one, of several that may be asked at once. */
      readonly key: string;
      readonly size?: number | undefined;
    }
  | {
      readonly type: "answer";
      readonly id: number;
      readonly tookMs: number;
      readonly size?: number | undefined;
      readonly value?: unknown;
      readonly error?: RecordedError | undefined;
    }
  | {
      readonly type: "heard";
      readonly link: number;
      readonly size: number;
      readonly events: readonly LinkEvent[];
    }
  /** What nobody answers: a signal, or that the client ends the link. */
  | { readonly type: "said"; readonly link: number; readonly signal?: Signal | undefined }
  /** A timer of the client rang. */
  | { readonly type: "timer"; readonly dueMs: number }
  /** Chance that decided how long to wait. */
  | { readonly type: "chance"; readonly value: number }
  | { readonly type: "platform"; readonly hasNetwork: boolean }
  /** A machine moved. */
  | {
      readonly type: "connection";
      readonly name: ConnectionName;
      readonly attempt: number;
      readonly retryAtMs?: number | undefined;
      readonly code?: ErrorCode | undefined;
    }
  | {
      readonly type: "delivery";
      readonly commandId: string;
      readonly status: DeliveryStatus;
      readonly attempts: number;
      readonly code?: ErrorCode | undefined;
    }
  /** Revisions are missing, or none is any more. */
  | {
      readonly type: "gap";
      readonly conversationId: string;
      readonly afterRev?: number | undefined;
      readonly upTo?: number | undefined;
    }
  /** Somebody made things worse by hand. */
  | { readonly type: "fault"; readonly faults: FaultSettings; readonly isCut: boolean };

/** When a line was written. */
export interface RecordedMoment {
  /** By the client's clock, ms. */
  readonly at: number;
  /** So many turns of the microtask queue after the line before. Absent: all that could settle had. */
  readonly turns?: number | undefined;
}

/** One line: when, and what. */
export type RecordedEntry = RecordedMoment & Recorded;

/** The last line of a recording: how things stood when it was exported. */
export interface RecordingEnd extends RecordedMoment {
  readonly type: "end";
  readonly state: ClientState;
}

/** A recording, read. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly entries: readonly RecordedEntry[];
  readonly end: RecordingEnd;
}
