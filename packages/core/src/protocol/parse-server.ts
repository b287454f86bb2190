import type { ServerFrame } from "./frames.ts";
import { malformed, parseFrames, type Parsed, whereIn } from "./parse.ts";
import type { QueryResults, QueryType } from "./queries.ts";
import { serverWire } from "./wire-table.ts";
import { createReaders, Fault } from "./wire.ts";

const readerOf = createReaders(serverWire);

/**
 * Parses what a server sent. Frames of a type this version does not know are skipped, so that a newer server may say
 * more; a known type in a wrong shape is an error.
 */
export function parseServerFrames(data: string): Parsed<ServerFrame> {
  return parseFrames<ServerFrame>(data, readerOf("frame"), (item, fault) =>
    isOfUnknownType(item, fault) ? [] : undefined,
  );
}

/**
 * @throws {MessagingError} `protocol/malformed` if the backend's result is not of the shape its query asks for.
 */
export function parseResult<Type extends QueryType>(type: Type, result: unknown): QueryResults[Type] {
  const read = readerOf(type)(result);
  if (!(read instanceof Fault)) return read as QueryResults[Type];
  throw malformed(`the result of "${type}" is wrong at ${whereIn(read)}`);
}

/** The fault lies in `type` itself, and yet it is a text: a word this version has not learned. */
function isOfUnknownType(item: unknown, { path }: Fault): boolean {
  const { type }: { readonly type?: unknown } = Object(item);
  return path.length === 1 && path[0] === "type" && typeof type === "string";
}
