import { MessagingError } from "../errors/messaging-error.ts";
import { type ClientFrame, clientFrame, MOST_FRAMES, type ServerFrame, serverFrame } from "./frames.ts";
import { type QueryResults, queryResults, type QueryType } from "./queries.ts";
import type { Schema } from "./schema.ts";

/** The frames of one WebSocket message, or why it is not one. A hostile peer gets no exception to play with. */
export type Parsed<T> =
  | { readonly ok: true; readonly frames: readonly T[] }
  | { readonly ok: false; readonly error: MessagingError };

/** Parses what a client sent. Unknown fields are dropped. */
export function parseClientFrames(data: string): Parsed<ClientFrame> {
  return parseFrames(data, clientFrame, () => false);
}

/**
 * Parses what a server sent. Frames of a type this version does not know are skipped, so that a newer server may say
 * more; a known type in a wrong shape is an error.
 */
export function parseServerFrames(data: string): Parsed<ServerFrame> {
  return parseFrames(data, serverFrame, isOfUnknownType);
}

/**
 * @throws {MessagingError} `protocol/malformed` if the backend's result is not of the shape its query asks for.
 */
export function parseResult<Type extends QueryType>(type: Type, result: unknown): QueryResults[Type] {
  const parsed = queryResults[type].safeParse(result);
  if (parsed.success) return parsed.data;
  throw malformed(`the result of "${type}" is wrong at ${where(parsed.error.issues)}`);
}

function parseFrames<T>(
  data: string,
  schema: Schema<T>,
  mayBeSkipped: (item: unknown) => boolean,
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
    else if (!mayBeSkipped(item)) {
      return { ok: false, error: malformed(`it is wrong at ${where(parsed.error.issues)}`) };
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

function malformed(reason: string): MessagingError {
  return new MessagingError("protocol/malformed", { message: `unable to read the frame; ${reason}` });
}
