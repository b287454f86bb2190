import { isErrorCode } from "../../errors/codes.ts";
import { MessagingError, toMessagingError } from "../../errors/messaging-error.ts";
import type { ModerationBackend } from "./backend.ts";
import { parseCase, parseCases } from "./parse-case.ts";

export interface HttpModerationOptions {
  /** Where the server's HTTP API is, as `"https://chat.example"`. */
  readonly url: string;
  /** The moderator's token, as the client has it. */
  readonly auth: () => string | Promise<string>;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The queue of the reference server, over HTTP. */
export function httpModeration({
  url,
  auth,
  fetch = globalThis.fetch,
}: HttpModerationOptions): ModerationBackend {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await reach(async () =>
      fetch(new URL(`/v1/moderation/cases${path}`, url), {
        method,
        headers: {
          authorization: `Bearer ${await auth()}`,
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw problem(response.status, answer);
  };
  return {
    list: async (query) => {
      const fields = Object.entries(query).filter(([, value]) => value !== undefined);
      const search = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
      return parseCases(await ask("GET", `?${search.toString()}`));
    },
    read: async (caseId) => parseCase(await ask("GET", `/${encodeURIComponent(caseId)}`)),
    decide: async ({ id, revision }, decision, reason) => {
      const path = `/${encodeURIComponent(id)}/decision`;
      return parseCase(await ask("PUT", path, { decision, revision, ...(reason && { reason }) }));
    },
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
