import { isErrorCode, isMessagingError, MessagingError } from "@tidings/core/errors";
import {
  type HelloFrame,
  type PingFrame,
  PROTOCOL_VERSION,
  type QueryFrame,
  type RefreshFrame,
  type ServerFrame,
} from "@tidings/core/protocol";
import { type Caller, type Parts, rejectOf } from "./call.ts";
import type { SentPong } from "./connections.ts";
import { MOST_BYTES } from "./delivery.ts";

const MOST_PONGS = 4;
/** The clocks of two functions may differ, and what one changes is written a little later than its time. */
const SLACK_MS = 30_000;

/** From hello to welcome. @throws {MessagingError} why the connection has to be ended. */
export async function greet(parts: Parts, connectionId: string, frame: HelloFrame): Promise<void> {
  const { backend, connections, delivery, clock } = parts;
  if (frame.version !== PROTOCOL_VERSION) throw new MessagingError("protocol/version");
  if (frame.token === undefined) throw new MessagingError("auth/required");
  const { userId, expiresAt } = await parts.authenticate(frame.token);
  // From here on others deliver to it, and wait until it is open: so nothing falls between the heads and the first push.
  const { clientId } = frame;
  const known = { userId, clientId, tokenEndsAt: expiresAt, state: "welcoming" } as const;
  const begun = await connections.change(connectionId, () => known);
  if (!begun) return;
  const seconds = expiresAt !== undefined && { expiresAt: expiresAt / 1_000 };
  const at = clock.now();
  const answer = await backend({ field: "welcome", args: {}, userId, ...seconds });
  if ("error" in answer) throw errorOf(answer.error);
  const welcome: Extract<ServerFrame, { readonly type: "welcome" }>["welcome"] = Object(answer.value);
  await delivery.say(connectionId, [{ type: "welcome", welcome: { ...welcome, heads: fitting(welcome.heads) } }]);
  await connections.change(connectionId, () => ({ state: "open", pongs: [{ n: 0, at }] }));
} // prettier-ignore

/** The most recently active that a post can hold; the others are found by the query `conversations`. */
function fitting<Head extends object>(heads: readonly Head[]): readonly Head[] {
  let bytes = MOST_BYTES / 8;
  return heads.filter((head) => (bytes += JSON.stringify(head).length * 3) < MOST_BYTES);
}

/** Pages are as long as fits into a post. */
export async function answer(
  { backend }: Parts,
  { userId }: Caller,
  { id, query }: QueryFrame,
): Promise<ServerFrame> {
  for (let asked = query; ;) {
    const found = await backend({ field: "ask", args: { query: asked }, userId });
    if ("error" in found) return rejectOf(id, found.error);
    const result: ServerFrame = { type: "result", id, result: found.value };
    if (new TextEncoder().encode(JSON.stringify(result)).length <= MOST_BYTES) return result;
    if (!("limit" in asked) || asked.limit <= 1) {
      const message = "unable to answer; it is more than API Gateway carries";
      return rejectOf(id, { code: "protocol/too-large", message, retryable: false });
    }
    asked = { ...asked, limit: asked.limit >> 1 };
  }
}

/** Which heads have moved since the pong last seen: a few more may be among them, and none is missing. */
export async function pong(
  { backend, connections, clock }: Parts,
  { connectionId, userId }: Caller,
  { n, seen }: PingFrame,
): Promise<readonly ServerFrame[]> {
  const at = clock.now();
  let since = 0;
  const known = await connections.change(connectionId, ({ pongs }) => {
    since = (pongs.findLast((each) => each.n <= seen) ?? { at: 0 }).at - SLACK_MS;
    return { pongs: remembered(pongs, { n, at }, seen) };
  });
  if (!known) return [];
  const found = await backend({ field: "heads", args: { sinceMs: since }, userId });
  if ("error" in found) throw errorOf(found.error);
  const heads: readonly Extract<ServerFrame, { readonly type: "pong" }>["heads"][number][] = Object(
    found.value,
  );
  return [{ type: "pong", n, heads: fitting(heads) }];
}

/** The pong the client has seen, and those after it. */
function remembered(pongs: readonly SentPong[], pong: SentPong, seen: number): readonly SentPong[] {
  const base = pongs.findLast(({ n }) => n <= seen);
  const later = pongs.filter(({ n }) => n > seen && n < pong.n);
  return [...(base ? [base] : []), ...later.slice(0, MOST_PONGS - 2), pong];
}

/** A token that does not renew the link leaves it as it was. */
export async function refresh(
  { authenticate, connections, clock }: Parts,
  { connectionId, userId }: Caller,
  { id, token }: RefreshFrame,
): Promise<ServerFrame> {
  try {
    const identity = await authenticate(token);
    if (identity.userId !== userId) throw new MessagingError("auth/invalid");
    const { expiresAt } = identity;
    await connections.change(connectionId, () => ({ tokenEndsAt: expiresAt }));
    const life = expiresAt !== undefined && { tokenExpiresInMs: Math.max(0, expiresAt - clock.now()) };
    return { type: "refreshed", id, ...life };
  } catch (error) {
    if (!isMessagingError(error)) throw error;
    const { code, message, retryable } = error;
    return rejectOf(id, { code, message, retryable });
  }
}

function errorOf({ code, message, retryAfterMs }: Parameters<typeof rejectOf>[1]): MessagingError {
  return new MessagingError(isErrorCode(code) ? code : "server/internal", {
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
