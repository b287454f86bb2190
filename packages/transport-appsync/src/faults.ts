import { type ErrorCode, isErrorCode, MessagingError } from "@tidings/core/errors";

/** One error as AppSync tells it, over HTTP or the WebSocket. */
export interface Fault {
  readonly errorType: string;
  readonly message: string;
  /** What a resolver of ours adds: `retryable`, `retryAfterMs`. */
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** AWS's own error types, by what they begin with or say. The first that fits counts. */
const known: readonly (readonly [RegExp, ErrorCode])[] = [
  [/expired/i, "auth/expired"],
  [/^(UnauthorizedException|40[13])/, "auth/invalid"],
  [/^(Unauthorized|Access|WAF)/, "permission/denied"],
  [/^MaxSubs|Max number/, "protocol/busy"],
  [/Limit|Throttl|TooMany|Throughput|Timeout|Unavailable/, "server/unavailable"],
  [/TooLarge/, "protocol/too-large"],
  [/^(Validation|BadRequest|Malformed|Unsupported)|NotFound/, "protocol/malformed"],
  [/^(Internal|Lambda|Dynamo)/, "server/internal"],
];

/** Whatever stands where errors do: a list or, as AppSync has it at times, one alone. */
export function faultsIn(errors: unknown): readonly Fault[] {
  const list: readonly unknown[] = Array.isArray(errors) ? errors : errors ? [errors] : [];
  return list.map((item) => {
    const { errorType, errorCode, message, errorInfo } = Object(item);
    const { retryable, retryAfterMs } = Object(errorInfo);
    return {
      errorType: String(errorType ?? errorCode ?? ""),
      message: String(message ?? "no reason was given"),
      retryable: typeof retryable === "boolean" ? retryable : undefined,
      retryAfterMs: Number.isInteger(retryAfterMs) ? retryAfterMs : undefined,
    };
  });
}

const NOTHING: Fault = { errorType: "", message: "no reason was given" };

/** What the first fault means to a client. One of a kind nobody knows may pass. */
export function errorOf([fault]: readonly Fault[], doing: string): MessagingError {
  const { errorType, message, ...when } = fault ?? NOTHING;
  return failure(codeOf(fault), `unable to ${doing}; AppSync said "${errorType}": ${message}`, when);
}

export function codeOf({ errorType, message }: Fault = NOTHING): ErrorCode {
  if (isErrorCode(errorType)) return errorType;
  return known.find(([pattern]) => pattern.test(`${errorType} ${message}`))?.[1] ?? "client/unknown";
}

/** The link ends, or has ended; whatever was asked may have taken effect. */
export function lost(reason: string, cause?: unknown): MessagingError {
  return failure("connection/lost", `unable to go on; ${reason}`, { cause });
}

export function failure(code: ErrorCode, message: string, options?: object): MessagingError {
  return new MessagingError(code, { ...options, message });
}
