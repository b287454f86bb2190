import { entryOf, type ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Ack } from "../protocol/changes.ts";

/** What became of a command. */
export type Outcome = { readonly ok: true; readonly ack: Ack } | Refused;

export interface Refused {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export function isPassing({ code }: Refused): boolean {
  return entryOf(code).retryable;
}

export function errorOf({ code, ...why }: Refused): MessagingError {
  return new MessagingError(code, why);
}
