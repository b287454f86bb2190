import { randomUUID } from "node:crypto";
import {
  type Exchange,
  formatExchange,
  type LinkAnswer,
  type LinkRequest,
  parseLinkAnswer,
  parseServerFrames,
  PROTOCOL_VERSION,
  type ServerFrame,
} from "@tidings/core/protocol";
import type { TidingsServer } from "@tidings/server";

/** What one exchange came to, as it came. */
export interface Came {
  readonly status: number;
  readonly body: string;
  /** Absent if it was a refusal. */
  readonly answer: Exchange<LinkAnswer> | undefined;
  readonly frames: readonly ServerFrame[];
}

/** A client over HTTP that does exactly as it is told. */
export interface HttpPeer {
  readonly linkId: string;
  readonly key: string;
  /** @param messages - as JSON, or what is to become it. */
  exchange(head: Partial<LinkRequest>, messages?: readonly unknown[], signal?: AbortSignal): Promise<Came>;
  /** Begins the link, and hears the answer to its hello. */
  enter(token: string): Promise<Came>;
}

const LONG_MS = 20_000;

export function httpPeer(
  { httpUrl }: Pick<TidingsServer, "httpUrl">,
  { linkId = randomUUID(), key = randomUUID() }: { linkId?: string; key?: string } = {},
): HttpPeer {
  const exchange: HttpPeer["exchange"] = async (head, messages = [], signal) => {
    const texts = messages.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
    const response = await fetch(`${httpUrl}/link/${linkId}`, {
      method: "POST",
      body: formatExchange({ key, first: 1, seen: 0, waitMs: 0, ...head }, texts),
      ...(signal && { signal }),
    });
    const body = await response.text();
    const answer = response.status === 200 ? parseLinkAnswer(body) : undefined;
    return { status: response.status, body, answer, frames: answer?.messages.flatMap(framesIn) ?? [] };
  };
  const hello = { type: "hello", version: PROTOCOL_VERSION, clientId: "c1" };
  return {
    ...{ linkId, key, exchange },
    enter: (token) => exchange({ opens: true, waitMs: LONG_MS }, [{ ...hello, token }]),
  };
}

function framesIn(message: string): readonly ServerFrame[] {
  const parsed = parseServerFrames(message);
  return parsed.ok ? parsed.frames : [];
}
