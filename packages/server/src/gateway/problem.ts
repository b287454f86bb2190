import { entryOf, type ErrorCategory, type ErrorCode, MessagingError } from "@tidings/core/errors";
import type { FastifyReply } from "fastify";
import { isRetryable } from "../engine/packets.ts";
import type { Refusal } from "../store/store.ts";

/** RFC 9457. Nothing in it differs from one asking to the next, so that equal refusals read the same to the byte (D8). */
export interface Problem {
  /** Where `docs/errors.md` says what it means. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** For developers: "unable to <do>; <reason>". */
  readonly detail: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

const byCategory: { readonly [Category in ErrorCategory]: number } = {
  ...{ input: 400, permission: 403, conflict: 409, limit: 409, auth: 401, protocol: 400, server: 503 },
  ...{ connection: 503, storage: 500, client: 500 },
};

const byCode: { readonly [Code in ErrorCode]?: number } = {
  "conversation/not-found": 404,
  "participant/not-found": 404,
  "message/not-found": 404,
  "moderation/not-found": 404,
  "file/not-found": 404,
  "file/too-large": 413,
  "file/type-refused": 415,
  "file/quota": 429,
  "rate/limited": 429,
  "protocol/busy": 429,
  "protocol/too-large": 413,
  "auth/origin": 403,
  "auth/unavailable": 503,
  "server/internal": 500,
};

function statusOf(code: ErrorCode): number {
  return byCode[code] ?? byCategory[entryOf(code).category];
}

export function problemOf(refusal: Refusal, status: number = statusOf(refusal.code)): Problem {
  const { code, message: detail, retryAfterMs } = refusal;
  const { help, userMessage: title } = new MessagingError(code);
  const retryable = isRetryable(refusal);
  return {
    type: help,
    title,
    status,
    detail,
    code,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

export function sendProblem(reply: FastifyReply, refusal: Refusal, status?: number): FastifyReply {
  const problem = problemOf(refusal, status);
  const { retryAfterMs } = problem;
  if (retryAfterMs !== undefined) void reply.header("retry-after", Math.ceil(retryAfterMs / 1_000));
  if (problem.status === 401) void reply.header("www-authenticate", "Bearer");
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}
