import { type ErrorCode, isErrorCode, MessagingError } from "@tidings/core/errors";
import { type ClosingFrame, closeCodes, type RejectFrame } from "@tidings/core/protocol";

/**
 * Why the other side, or the network, ended the link. What a `closing` frame said wins over the close code.
 *
 * @param otherwise - for a close code that says nothing, as 1000 and 1006.
 */
export function closeError(
  closeCode: number,
  closing: ClosingFrame | undefined,
  otherwise: ErrorCode,
  cause?: unknown,
): MessagingError {
  const said = closing?.code;
  const code = isErrorCode(said) ? said : (closeCodes[closeCode] ?? otherwise);
  const why = cause instanceof Error ? cause.message : `closed with ${said ?? closeCode}`;
  const message = closing?.message ?? `unable to reach the server; ${why}`;
  return new MessagingError(code, { message, retryAfterMs: closing?.retryAfterMs, cause });
}

/** What a refused request rejects with. A code we have never heard of goes by `retryable`. */
export function refusal({ code, message, ...options }: RejectFrame): MessagingError {
  return isErrorCode(code)
    ? new MessagingError(code, { ...options, message })
    : failure("client/unknown", `unable to go on; the server said "${code}": ${message}`, options);
}

export function failure(code: ErrorCode, message: string, options?: object): MessagingError {
  return new MessagingError(code, { ...options, message });
}

export function malformed(reason: string): MessagingError {
  return failure("protocol/malformed", `unable to read the frame; ${reason}`);
}
