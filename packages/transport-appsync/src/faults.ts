import { type ErrorCode, isErrorCode, MessagingError } from "@tidings/core/errors";

/** One error as AppSync tells it, over HTTP or the WebSocket. */
export interface Fault {
  readonly errorType: string;
  readonly message: string;
  /** What a resolver of ours adds: `retryable`, `retryAfterMs`. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** AWS's own error types, by what they say. The first that fits counts; a resolver's own types are our codes. */
const known: readonly (readonly [RegExp, ErrorCode])[] = [
  [/expired/i, "auth/expired"],
  [/^(UnauthorizedException|40[13])\b/, "auth/invalid"],
  [/^(Unauthorized|WAFForbidden|AccessDenied)/, "permission/denied"],
  [/MaxSubscriptions|Max number of \d+ subscriptions/, "protocol/busy"],
  [
    /LimitExceeded|Throttl|TooManyRequests|ThroughputExceeded|ExecutionTimeout|Unavailable/i,
    "server/unavailable",
  ],
  [/TooLarge|PayloadSize/i, "protocol/too-large"],
  [/^(ValidationError|BadRequest|Malformed|Unsupported|GraphQLError|.*NotFound)/, "protocol/malformed"],
  [/^(Internal|Lambda:|DynamoDB:)/, "server/internal"],
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
      ...(typeof retryable === "boolean" && { retryable }),
      ...(Number.isInteger(retryAfterMs) && { retryAfterMs: Number(retryAfterMs) }),
    };
  });
}

/** What the first fault means to a client. One of a kind nobody knows may pass. */
export function errorOf([fault]: readonly Fault[], doing: string): MessagingError {
  if (!fault) return failure("client/unknown", `unable to ${doing}; no reason was given`);
  const { errorType, message, ...when } = fault;
  return failure(codeOf(fault), `unable to ${doing}; AppSync said "${errorType}": ${message}`, when);
}

export function codeOf({ errorType, message }: Fault): ErrorCode {
  if (isErrorCode(errorType)) return errorType;
  const text = `${errorType} ${message}`;
  const [, code] = known.find(([pattern]) => pattern.test(text)) ?? [];
  return code ?? "client/unknown";
}

export function failure(code: ErrorCode, message: string, options?: object): MessagingError {
  return new MessagingError(code, { ...options, message });
}
