import { entryOf, type ErrorCategory, type ErrorCode, isErrorCode } from "./codes.ts";

/**
 * One thing wrong with an input: texts for the person, in English, and everything that is in them as data, so that an app
 * can say it in any language.
 */
export interface ErrorIssue {
  readonly code: ErrorCode;
  /** What of the input it is about; absent where that is the whole. */
  readonly part?: "text" | "ranges" | "custom";
  readonly message: string;
  /** What would put it right. */
  readonly suggestion: string;
  /** Where there is a bound: what it is, and what the input has. */
  readonly limit?: number;
  readonly actual?: number;
  /** Of `custom` that does not fit the app's schema: the way to the value, from `custom` on. */
  readonly path?: readonly string[];
}

/** What may be said about a failure beside its code. */
export interface MessagingErrorOptions {
  /** For developers: "unable to <do>; <reason>". */
  readonly message?: string | undefined;
  /** Overrules the registry, for a refusal the backend itself calls final or passing. */
  readonly retryable?: boolean | undefined;
  /** How long to leave it alone before trying again. */
  readonly retryAfterMs?: number | undefined;
  /** Everything wrong with an input, where more is known than one code. */
  readonly issues?: readonly ErrorIssue[] | undefined;
  /** Which one it is about, where nobody had asked. */
  readonly conversationId?: string | undefined;
  readonly cause?: unknown;
}

/** The one error of the SDK. Decide by `code`; show `userMessage`; log `message` and `cause`. */
export class MessagingError extends Error {
  override readonly name = "MessagingError";
  readonly code: ErrorCode;
  /** May the same command succeed later, unchanged? */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly issues: readonly ErrorIssue[];
  /** Of what an `error` event tells: the conversation it is about, if it is about one. */
  readonly conversationId: string | undefined;

  constructor(code: ErrorCode, options: MessagingErrorOptions = {}) {
    super(options.message ?? `unable to go on; ${code}`, options);
    this.code = code;
    this.retryable = options.retryable ?? entryOf(code).retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.issues = options.issues ?? [];
    this.conversationId = options.conversationId;
  }

  get category(): ErrorCategory {
    return entryOf(this.code).category;
  }

  /** Where the cause and the remedy are written down: a heading of a page in the installed package. */
  get help(): string {
    return `@tidings/core/dist/errors.md#${this.code.replace("/", "")}`;
  }

  /** For logs and reports. Not the cause, which may hold what people wrote. */
  toJSON(): object {
    const { name, code, message, category, retryable, retryAfterMs, issues, conversationId, help } = this;
    return { name, code, message, category, retryable, retryAfterMs, issues, conversationId, help };
  }

  /** A sentence for the person at the screen. */
  get userMessage(): string {
    return entryOf(this.code).text;
  }
}

/** True for a `MessagingError` of any copy of this package, also one from another frame or bundle. */
export function isMessagingError(value: unknown): value is MessagingError {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    value.name === "MessagingError" &&
    "code" in value &&
    isErrorCode(value.code)
  );
}

/** `error` if it is ours, else ours around it: code `fallback`, the original as `cause`. */
export function toMessagingError(error: unknown, fallback: ErrorCode = "client/unknown"): MessagingError {
  if (isMessagingError(error)) return error;
  const text = typeof error === "string" ? error : `a value of type ${typeof error} was thrown`;
  const reason = error instanceof Error ? error.message : text;
  return new MessagingError(fallback, { message: `unable to go on; ${reason}`, cause: error });
}
