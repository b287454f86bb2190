/** `@tidings/core/observe`: what operates a client: its errors, folded. */
export {
  collectErrors,
  type ErrorLog,
  type ErrorLogOptions,
  type ErrorReport,
  type ErrorSink,
  type FoldedError,
} from "./error-log.ts";
