import { entryOf, type ErrorCode, MessagingError } from "@tidings/core/errors";

/** Why not: as a resolver makes a GraphQL error of it. */
export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export function isPassing({ code }: Refusal): boolean {
  return entryOf(code).retryable;
}

export function refusalOf({ code, message, retryAfterMs }: MessagingError): Refusal {
  return { ok: false, code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The same for what does not exist and for what is of others (D8). */
export function notFound(): MessagingError {
  const message = "unable to find the conversation; it does not exist, or you are not in it";
  return new MessagingError("conversation/not-found", { message });
}

export function unavailable(what: string): MessagingError {
  const message = `unable to ${what}; the table is busy, try again`;
  return new MessagingError("server/unavailable", { message, retryAfterMs: 1_000 });
}
