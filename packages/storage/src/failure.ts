import { type ErrorCode, isMessagingError, MessagingError } from "@tidings/core/errors";

/** What media call it, in `name` or `code`. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  QuotaExceededError: "storage/full",
  NS_ERROR_DOM_QUOTA_REACHED: "storage/full", // Firefox
  SQLITE_FULL: "storage/full",
  VersionError: "storage/version",
};

/** `attempt` begins with "unable to". Ours if `cause` is none of ours yet. */
export function failure(attempt: string, cause: unknown): MessagingError {
  if (isMessagingError(cause)) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error("it does not say why");
  const { code } = Object(cause);
  return new MessagingError(CODES[name] ?? CODES[String(code)] ?? "storage/failed", {
    message: `${attempt}; ${message || name}`,
    retryable: name === "DataCloneError" ? false : undefined,
    cause,
  });
}
