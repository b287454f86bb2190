import type { MessagingError } from "@tidings/core/errors";
import type { Authorize } from "./credentials.ts";
import { errorOf, type Fault, faultsIn, lost } from "./faults.ts";

/** What the transport reads of an answer. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What the transport needs of `fetch`; that of every platform fits as it is. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<FetchResponse>;

/** What came back: data, perhaps in part, and what went wrong with the rest. */
export interface Answer {
  readonly data: unknown;
  readonly faults: readonly Fault[];
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

export interface Poster {
  /**
   * Posts and reads JSON.
   *
   * @throws {MessagingError} `connection/lost` if there is no answer, or none that says anything.
   */
  (url: string, body: string): Promise<Answer>;
}

export function createPoster(fetch: FetchLike, authorize: Authorize, signal: AbortSignal): Poster {
  return async (url, body) => {
    const authorization = await authorize({ url, body, kind: "request" });
    try {
      const headers = { "content-type": "application/json; charset=UTF-8", ...authorization };
      const response = await fetch(url, { method: "POST", headers, body, signal });
      return readAnswer(response.status, response.headers.get("retry-after"), await response.text());
    } catch (cause) {
      throw lost("the request failed", cause);
    }
  };
}

function readAnswer(status: number, retryAfter: string | null, text: string): Answer {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== "object" || answer === null) throw new TypeError("the answer is no object");
  const { data, errors } = answer as { readonly data?: unknown; readonly errors?: unknown };
  const seconds = Number(retryAfter);
  return { data, faults: faultsIn(errors), status, retryAfterMs: seconds ? seconds * 1_000 : undefined };
}

/** Why there is no usable answer: what AppSync said or, where it only has a status, that. */
export function refusalIn({ faults, status, retryAfterMs }: Answer): MessagingError | undefined {
  if (faults.length === 0 && status < 400) return undefined;
  const [first] = faults;
  const isBusy = status === 429 || status === 503;
  const errorType = first?.errorType || (isBusy ? "Throttling" : String(status));
  return errorOf(
    [{ message: "", ...first, errorType, retryAfterMs: first?.retryAfterMs ?? retryAfterMs }],
    "go on",
  );
}
