import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { CloseReason } from "../ports/transport.ts";

/** An error as what a `closed` event carries, and another tab can be told. */
export function reasonOf(error: unknown): CloseReason {
  const { code, retryable, retryAfterMs, message } = toMessagingError(error, "connection/failed");
  return { code, retryable, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

export function errorOf({ code, ...options }: CloseReason): MessagingError {
  return new MessagingError(code, options);
}
