import type { MessagingError } from "../errors/messaging-error.ts";
import type { ClientFrame, CommandPlace, RequestEnvelope } from "./frames.ts";
import { malformed, parseFrames, type Parsed, whereIn } from "./parse.ts";
import { clientWire } from "./wire-table.ts";
import { createReaders, Fault } from "./wire.ts";

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

const readerOf = createReaders(clientWire);

/** Parses what a client sent. Unknown fields are dropped. */
export function parseClientFrames(data: string): Parsed<ClientFrame | MalformedFrame> {
  return parseFrames<ClientFrame | MalformedFrame>(data, readerOf("frame"), (item, fault) => {
    const request = readerOf("envelope")(item);
    return request instanceof Fault
      ? undefined
      : [rejectable(request as RequestEnvelope, `it is wrong at ${whereIn(fault)}`)];
  });
}

function rejectable({ type, command, ...numbers }: RequestEnvelope, reason: string): MalformedFrame {
  const place = readerOf("place")(command);
  const error = malformed(reason, type === "submit" ? "command/malformed" : "query/malformed");
  return { type: "malformed", ...numbers, ...(place instanceof Fault ? {} : (place as CommandPlace)), error };
}
