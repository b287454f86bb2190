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
