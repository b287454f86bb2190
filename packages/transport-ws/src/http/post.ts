import type { Clock } from "@tidings/core";
import { type ErrorCode, isErrorCode, MessagingError } from "@tidings/core/errors";
import { type Exchange, type LinkAnswer, parseLinkAnswer } from "@tidings/core/protocol";
import { failure } from "../close-error.ts";

/** What is needed of the platform's `fetch`. */
export type Fetch = (
  url: string,
  init: {
    readonly method: "POST";
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly keepalive: boolean;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

export interface Posting {
  readonly body: string;
  readonly timeoutMs: number;
  /** Outlives the page. */
  readonly keepalive?: boolean;
  readonly signal: AbortSignal;
}

/** A page may leave no more than this behind when it goes. */
const KEEPALIVE_BYTES = 60_000;

/**
 * Makes one exchange.
 *
 * @throws {MessagingError} with the server's own code if it refused it; `connection/failed` if nothing came back, or what
 *   came was somebody else's; `connection/timeout`.
 */
export async function post(
  fetch: Fetch,
  clock: Clock,
  url: string,
  { body, timeoutMs, keepalive = false, signal }: Posting,
): Promise<Exchange<LinkAnswer>> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  signal.addEventListener("abort", abort);
  let isLate = false;
  const cancel = clock.after(timeoutMs, () => {
    isLate = true;
    abort();
  });
  try {
    if (signal.aborted) abort();
    const { status, text } = await read(fetch, url, {
      method: "POST",
      body,
      // What a page may send to another server without asking it first.
      headers: { "content-type": "text/plain" },
      keepalive: keepalive && body.length * 3 < KEEPALIVE_BYTES,
      signal: controller.signal,
    });
    const answer = status === 200 ? parseLinkAnswer(text) : undefined;
    if (answer) return answer;
    throw refusalIn(text) ?? unexpected(status);
  } catch (cause) {
    if (cause instanceof MessagingError) throw cause;
    if (isLate) throw failure("connection/timeout", `unable to get an answer; none within ${timeoutMs} ms`);
    throw failure("connection/failed", `unable to reach the server; ${String(cause)}`, { cause });
  } finally {
    cancel();
    signal.removeEventListener("abort", abort);
  }
}

async function read(
  fetch: Fetch,
  url: string,
  init: Parameters<Fetch>[1],
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}

/** What our server says instead of an answer (RFC 9457); pages of others in between say nothing that is understood. */
function refusalIn(text: string): MessagingError | undefined {
  const { code, detail, retryAfterMs }: Problem = Object(readJson(text));
  if (!isErrorCode(code)) return undefined;
  return failure(code, typeof detail === "string" ? detail : code, {
    ...(typeof retryAfterMs === "number" && { retryAfterMs }),
  });
}

interface Problem {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly retryAfterMs?: unknown;
}

/** What is understood whoever says it. */
const byStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [413, "protocol/too-large"],
  [429, "protocol/busy"],
]);

function unexpected(status: number): MessagingError {
  const message = `unable to reach the server; something on the way answered with ${status}`;
  return failure(byStatus.get(status) ?? "connection/failed", message);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
