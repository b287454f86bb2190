import type { Clock } from "@tidings/core";
import type { RejectFrame } from "@tidings/core/protocol";
import type { Backend, BackendAnswer, Dynamo } from "@tidings/transport-appsync/backend";
import type { Connections } from "./connections.ts";
import type { Delivery } from "./delivery.ts";
import type { Lanes } from "./lanes.ts";

/** Whom a token speaks for. */
export interface Identity {
  readonly userId: string;
  /** Server time, ms; absent if it does not expire. */
  readonly expiresAt?: number;
}

/** What the answers to frames are made with. */
export interface Parts {
  readonly backend: Backend;
  /** Of the conversations. */
  readonly database: Dynamo;
  readonly connections: Connections;
  readonly delivery: Delivery;
  readonly lanes: Lanes;
  readonly clock: Clock;
  /** Of one message, at most. */
  readonly frameBytes: number;
  /** @throws {MessagingError} `auth/expired`, `auth/invalid` */
  readonly authenticate: (token: string) => Promise<Identity>;
}

/** Who says something, on which connection. */
export interface Caller {
  readonly connectionId: string;
  readonly userId: string;
}

export type Refused = Extract<BackendAnswer, { readonly error: unknown }>["error"];

export function rejectOf(id: number, { code, retryable, retryAfterMs, message }: Refused): RejectFrame {
  return {
    type: "reject",
    id,
    code,
    retryable,
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
