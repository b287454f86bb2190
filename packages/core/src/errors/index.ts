/** What can go wrong: the one class of errors, and the registry of codes. */
export {
  allErrorCodes,
  type CodeEntry,
  entryOf,
  type ErrorCategory,
  type ErrorCode,
  isErrorCode,
} from "./codes.ts";
export {
  type ErrorIssue,
  isMessagingError,
  MessagingError,
  type MessagingErrorOptions,
  toMessagingError,
} from "./messaging-error.ts";
