import { isErrorCode } from "../errors/codes.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";

export interface HttpApiOptions {
  /** Where the server's HTTP API is, as `"https://chat.example"`. */
  readonly url: string;
  /** The user's token, as the client has it. */
  readonly auth: () => string | Promise<string>;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Rejects with a `MessagingError`: what the server says, or that it is out of reach. */
export type AskHttp = (method: string, path: string, body?: object) => Promise<Response>;

/** The HTTP API of the reference server. */
export function httpApi({ url, auth, fetch = globalThis.fetch }: HttpApiOptions): AskHttp {
  return async (method, path, body) => {
    const response = await reach(async () =>
      fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${await auth()}`,
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );
    if (response.ok) return response;
    throw problem(response.status, await response.json().catch(() => undefined));
  };
}

async function reach(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    throw toMessagingError(error, "connection/failed");
  }
}

function problem(status: number, answer: unknown): MessagingError {
  const { code, detail, retryable, retryAfterMs }: Readonly<Record<string, unknown>> = Object(answer);
  return new MessagingError(isErrorCode(code) ? code : "client/unknown", {
    message: typeof detail === "string" ? detail : `unable to go on; the server answered ${status}`,
    ...(typeof retryable === "boolean" && { retryable }),
    ...(typeof retryAfterMs === "number" && { retryAfterMs }),
  });
}
