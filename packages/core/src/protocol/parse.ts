import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { MOST_FRAMES } from "./bounds.ts";
import { Fault, type Reader } from "./wire.ts";

/** The frames of one WebSocket message, or why it is not one. A hostile peer gets no exception to play with. */
export type Parsed<T> =
  | { readonly ok: true; readonly frames: readonly T[] }
  | { readonly ok: false; readonly error: MessagingError };

/**
 * @param read - reads one frame; it must produce a `T` or a fault.
 * @param salvage - what stands for an item that could not be read; `undefined` if nothing can.
 */
export function parseFrames<T>(
  data: string,
  read: Reader,
  salvage: (item: unknown, fault: Fault) => readonly T[] | undefined,
): Parsed<T> {
  const json = parseJson(data);
  if (json === undefined) return { ok: false, error: malformed("it is not JSON") };
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (items.length > MOST_FRAMES)
    return { ok: false, error: malformed(`${items.length} frames are too many`) };
  const frames: T[] = [];
  for (const item of items) {
    const frame = read(item);
    if (!(frame instanceof Fault)) frames.push(frame as T);
    else {
      const instead = salvage(item, frame);
      if (!instead) return { ok: false, error: malformed(`it is wrong at ${whereIn(frame)}`) };
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

/** Where, never what: content must not reach logs. */
export function whereIn({ path }: Fault): string {
  return path.join(".") || "its root";
}

export function malformed(reason: string, code: ErrorCode = "protocol/malformed"): MessagingError {
  return new MessagingError(code, { message: `unable to read the frame; ${reason}` });
}
