import * as z from "zod/mini";
import { MOST_HEADS } from "./bounds.ts";
import { type Ack, ack, type Change, change, type Head, head } from "./changes.ts";
import { type Command, command } from "./commands.ts";
import type { Policy } from "./policy.ts";
import { policy } from "./policy-schema.ts";
import { type Query, query } from "./queries.ts";
import { type Receipt, receipt } from "./receipts.ts";
import { count, id, list, type Schema, text } from "./schema.ts";
import { type Signal, type SignalEvent, signal, signalEvent } from "./signals.ts";

/**
 * Frames: the units on the wire of `@tidings/transport-ws`. One WebSocket message holds one frame or an array of
 * frames, as JSON text. `docs/protocol.md` says when each may be sent and what goes wrong.
 */

/** First frame of a link. The token travels here and never in an address. */
export interface HelloFrame {
  readonly type: "hello";
  readonly version: number;
  readonly token?: string;
  /** One SDK instance; the same over all its links. */
  readonly clientId: string;
}

/** A command. `lane` is its running number, from 1, among this link's submits to the conversation (D7). */
export interface SubmitFrame {
  readonly type: "submit";
  readonly id: number;
  /** Absent for what commutes (`receipt.mark`). */
  readonly lane?: number;
  readonly command: Command;
}

export interface QueryFrame {
  readonly type: "query";
  readonly id: number;
  readonly query: Query;
}

export interface SignalFrame {
  readonly type: "signal";
  readonly signal: Signal;
}

/** `seen` is the highest `pong` received; the next pong reports every head that moved since that one. */
export interface PingFrame {
  readonly type: "ping";
  readonly n: number;
  readonly seen: number;
}

/** New credentials for the open link. */
export interface RefreshFrame {
  readonly type: "refresh";
  readonly id: number;
  readonly token: string;
}

export type ClientFrame = HelloFrame | SubmitFrame | QueryFrame | SignalFrame | PingFrame | RefreshFrame;

/** What the server says of the user and itself. Every change after `heads` is pushed. */
export interface Welcome {
  readonly userId: string;
  readonly epoch: string;
  readonly policy: Policy;
  /** The most recently active conversations; the others by query. */
  readonly heads: readonly Head[];
  /** Server time, ms. */
  readonly at: number;
  /** How long the token is good for; absent if it does not expire. */
  readonly tokenExpiresInMs?: number;
}

export interface WelcomeFrame {
  readonly type: "welcome";
  readonly welcome: Welcome;
}

/** Answers `submit`. */
export interface AckFrame {
  readonly type: "ack";
  readonly id: number;
  readonly ack: Ack;
}

/** Refuses a `submit`, `query` or `refresh`. */
export interface RejectFrame {
  readonly type: "reject";
  readonly id: number;
  /** A code of `docs/errors.md`; a client that does not know it goes by `retryable`. */
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly message?: string;
  /** The lane's number that the server waits for; with a retryable refusal of a `submit` that had one. */
  readonly expected?: number;
}

/** Answers `query`; the shape of `result` follows from the query's type. */
export interface ResultFrame {
  readonly type: "result";
  readonly id: number;
  readonly result: unknown;
}

/** Answers `refresh`. */
export interface RefreshedFrame {
  readonly type: "refreshed";
  readonly id: number;
  readonly tokenExpiresInMs?: number;
}

export interface ChangeFrame {
  readonly type: "change";
  readonly change: Change;
}

export interface ReceiptFrame {
  readonly type: "receipt";
  readonly receipt: Receipt;
}

export interface SignalEventFrame {
  readonly type: "signal";
  readonly signal: SignalEvent;
}

/** Answers `ping`. */
export interface PongFrame {
  readonly type: "pong";
  readonly n: number;
  readonly heads: readonly Head[];
}

export interface PolicyFrame {
  readonly type: "policy";
  readonly policy: Policy;
}

/** The server is about to close the link. */
export interface ClosingFrame {
  readonly type: "closing";
  readonly code: string;
  readonly retryAfterMs?: number;
  readonly message?: string;
}

export type ServerFrame =
  | WelcomeFrame
  | AckFrame
  | RejectFrame
  | ResultFrame
  | RefreshedFrame
  | ChangeFrame
  | ReceiptFrame
  | SignalEventFrame
  | PongFrame
  | PolicyFrame
  | ClosingFrame;

const code = text(64);
const prose = text(1_024);
const token = text(16_384);
const duration = z.exactOptional(count);

/** What a client may send. */
export const clientFrame: Schema<ClientFrame> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("submit"), id: count, lane: z.exactOptional(count), command }),
  z.object({ type: z.literal("query"), id: count, query }),
  z.object({ type: z.literal("signal"), signal }),
  z.object({ type: z.literal("ping"), n: count, seen: count }),
  z.object({
    type: z.literal("hello"),
    version: count,
    token: z.exactOptional(token),
    clientId: id,
  }),
  z.object({ type: z.literal("refresh"), id: count, token }),
]);

const welcome: Schema<Welcome> = z.object({
  userId: id,
  epoch: id,
  policy,
  heads: list(head, MOST_HEADS),
  at: count,
  tokenExpiresInMs: duration,
});

/** What a server may send. */
export const serverFrame: Schema<ServerFrame> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("change"), change }),
  z.object({ type: z.literal("ack"), id: count, ack }),
  z.object({ type: z.literal("receipt"), receipt }),
  z.object({ type: z.literal("signal"), signal: signalEvent }),
  z.object({
    type: z.literal("reject"),
    id: count,
    code,
    retryable: z.boolean(),
    retryAfterMs: duration,
    message: z.exactOptional(prose),
    expected: z.exactOptional(count),
  }),
  z.object({ type: z.literal("result"), id: count, result: z.unknown() }),
  z.object({ type: z.literal("pong"), n: count, heads: list(head, MOST_HEADS) }),
  z.object({ type: z.literal("refreshed"), id: count, tokenExpiresInMs: duration }),
  z.object({ type: z.literal("welcome"), welcome }),
  z.object({ type: z.literal("policy"), policy }),
  z.object({
    type: z.literal("closing"),
    code,
    retryAfterMs: duration,
    message: z.exactOptional(prose),
  }),
]);

/** What a submit or query that cannot be understood must show to be answered at all. */
export interface RequestEnvelope {
  readonly type: "submit" | "query";
  readonly id: number;
  readonly lane?: number;
  readonly command?: unknown;
}

/** Where a command that cannot be understood was bound. */
export interface CommandPlace {
  readonly conversationId: string;
}

export const requestEnvelope: Schema<RequestEnvelope> = z.object({
  type: z.enum(["submit", "query"]),
  id: count,
  lane: z.exactOptional(count),
  command: z.exactOptional(z.unknown()),
});

export const commandPlace: Schema<CommandPlace> = z.object({ conversationId: id });
