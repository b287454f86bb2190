import * as z from "zod/mini";
import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { MOST_FRAMES } from "./bounds.ts";
import { type ClientFrame, clientFrame, type ServerFrame, serverFrame } from "./frames.ts";
import { type QueryResults, queryResults, type QueryType } from "./queries.ts";
import { count, id, type Schema } from "./schema.ts";

/** The frames of one WebSocket message, or why it is not one. A hostile peer gets no exception to play with. */
export type Parsed<T> =
  | { readonly ok: true; readonly frames: readonly T[] }
  | { readonly ok: false; readonly error: MessagingError };

/**
 * Stands for a submit or query that can be answered but not understood. It is rejected alone: were the link closed, a
 * poison command would end each further link too (D7).
 */
export interface MalformedFrame {
  readonly type: "malformed";
  readonly id: number;
  /** Of a submit. Its number is used up, as by any final refusal, if the conversation can be read too. */
  readonly lane?: number;
  readonly conversationId?: string;
  /** What to reject it with. */
  readonly error: MessagingError;
}

/** Parses what a client sent. Unknown fields are dropped. */
export function parseClientFrames(data: string): Parsed<ClientFrame | MalformedFrame> {
  return parseFrames<ClientFrame | MalformedFrame>(data, clientFrame, (item, reason) => {
    const request = envelope.safeParse(item);
    if (!request.success) return undefined;
    const { type, command, ...numbers } = request.data;
    const place = inConversation.safeParse(command);
    const error = malformed(reason, type === "submit" ? "command/malformed" : "query/malformed");
    return [{ type: "malformed", ...numbers, ...(place.success && place.data), error }];
  });
}

const envelope = z.object({
  type: z.enum(["submit", "query"]),
  id: count,
  lane: z.exactOptional(count),
  command: z.optional(z.unknown()),
});
const inConversation = z.object({ conversationId: id });

/**
 * Parses what a server sent. Frames of a type this version does not know are skipped, so that a newer server may say
 * more; a known type in a wrong shape is an error.
 */
export function parseServerFrames(data: string): Parsed<ServerFrame> {
  return parseFrames(data, serverFrame, (item) => (isOfUnknownType(item) ? [] : undefined));
}

/**
 * @throws {MessagingError} `protocol/malformed` if the backend's result is not of the shape its query asks for.
 */
export function parseResult<Type extends QueryType>(type: Type, result: unknown): QueryResults[Type] {
  const parsed = queryResults[type].safeParse(result);
  if (parsed.success) return parsed.data;
  throw malformed(`the result of "${type}" is wrong at ${where(parsed.error.issues)}`);
}

/** @param salvage - what stands for an item the schema refuses; `undefined` if nothing can. */
function parseFrames<T>(
  data: string,
  schema: Schema<T>,
  salvage: (item: unknown, reason: string) => readonly T[] | undefined,
): Parsed<T> {
  const json = parseJson(data);
  if (json === undefined) return { ok: false, error: malformed("it is not JSON") };
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (items.length > MOST_FRAMES)
    return { ok: false, error: malformed(`${items.length} frames are too many`) };
  const frames: T[] = [];
  for (const item of items) {
    const parsed = schema.safeParse(item);
    if (parsed.success) frames.push(parsed.data);
    else {
      const reason = `it is wrong at ${where(parsed.error.issues)}`;
      const instead = salvage(item, reason);
      if (!instead) return { ok: false, error: malformed(reason) };
      frames.push(...instead);
    }
  }
  return { ok: true, frames };
}

/** `undefined` stands for "not JSON"; JSON itself cannot say it. */
function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const serverFrameTypes: ReadonlySet<unknown> = new Set<ServerFrame["type"]>([
  "welcome",
  "ack",
  "reject",
  "result",
  "refreshed",
  "change",
  "receipt",
  "signal",
  "pong",
  "policy",
  "closing",
]);

function isOfUnknownType(item: unknown): boolean {
  return (
    typeof item === "object" &&
    item !== null &&
    "type" in item &&
    typeof item.type === "string" &&
    !serverFrameTypes.has(item.type)
  );
}

/** Where, never what: content must not reach logs. */
function where(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  return issues[0]?.path.map(String).join(".") || "its root";
}

function malformed(reason: string, code: ErrorCode = "protocol/malformed"): MessagingError {
  return new MessagingError(code, { message: `unable to read the frame; ${reason}` });
}
