/** Reports of a client's errors for Sentry, or what has its shape. Nothing of Sentry is imported: pass `Sentry` itself. */
import { MessagingError } from "@tidings/core";
import type { ErrorReport, ErrorSink } from "@tidings/core/observe";

/** The part of `@sentry/browser` and `@sentry/node` that is used. */
export interface SentryLike {
  captureException(
    error: unknown,
    context: {
      readonly level: "info" | "warning" | "error";
      readonly tags: Readonly<Record<string, string>>;
      readonly extra: Readonly<Record<string, unknown>>;
      /** What belongs together in Sentry's list: a code is one issue there, whatever stack it came by. */
      readonly fingerprint: readonly string[];
    },
  ): unknown;
}

/** Expected in every network: worth a count, not an alarm. */
const ORDINARY = new Set(["connection", "limit", "input"]);

export function sentrySink(sentry: SentryLike): ErrorSink {
  return (report) => {
    const { code, count, firstAt, lastAt, connection, last } = report;
    sentry.captureException(withoutCause(report), {
      level: levelOf(report),
      tags: { "tidings.code": code, "tidings.category": last.category, "tidings.connection": connection },
      extra: { count, firstAt, lastAt, retryable: last.retryable, help: last.help },
      fingerprint: ["tidings", code],
    });
  };
}

function levelOf({ last: { category, retryable } }: ErrorReport): "info" | "warning" | "error" {
  if (ORDINARY.has(category)) return "info";
  return retryable ? "warning" : "error";
}

/** Sentry follows `cause`, which may hold what people wrote, and lists all other fields of an error. */
function withoutCause({ last }: ErrorReport): MessagingError {
  const { code, message, retryable, retryAfterMs, stack } = last;
  const told = new MessagingError(code, { message, retryable, retryAfterMs });
  if (stack !== undefined) told.stack = stack;
  return told;
}
