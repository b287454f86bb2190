import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";

/** Why the outbox itself takes no command, or ends one. */
const reason =
  (code: ErrorCode, message: string) =>
  (cause?: unknown): MessagingError =>
    new MessagingError(code, { message: `unable to ${message}`, cause });

export const cancelled: (cause?: unknown) => MessagingError = reason(
  "outbox/cancelled",
  "deliver; it was cancelled",
);
export const closed: (cause?: unknown) => MessagingError = reason(
  "client/closed",
  "wait; the client was closed",
);
export const anothers: (cause?: unknown) => MessagingError = reason(
  "client/closed",
  "wait; another client sees to it",
);
export const expired: (cause?: unknown) => MessagingError = reason(
  "outbox/expired",
  "deliver in time; it was to go before now, or not at all",
);
export const full: (cause?: unknown) => MessagingError = reason(
  "outbox/full",
  "take a command; as many as there may be are waiting already",
);

/** Of an adapter that resolved a submit with something else. It may be there all the same, so it goes again (D2). */
export function noAck(): MessagingError {
  const message = "unable to deliver; the transport answered with something that is no ack of this command";
  return new MessagingError("protocol/malformed", { message, retryable: true });
}

/** @param last - of the refusals. */
export function gaveUp(refusals: number, last: MessagingError): MessagingError {
  return reason("outbox/gave-up", `deliver; refused ${refusals} times, last with ${last.code}`)(last);
}
