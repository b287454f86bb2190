export { type CodeEntry, type ErrorCategory, type ErrorCode, errorCodes, isErrorCode } from "./codes.ts";
export {
  type ErrorIssue,
  isMessagingError,
  MessagingError,
  type MessagingErrorOptions,
  toMessagingError,
} from "./messaging-error.ts";
