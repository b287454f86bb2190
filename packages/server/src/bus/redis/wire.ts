import type { BusEvent, PresenceEvent, TypingEvent } from "../bus.ts";
import type { Call, Roll } from "./roll-call.ts";

/** What server processes tell each other. Each numbers what it says, so that whoever missed something knows. */
export type NodeMessage =
  /** Something happened. */
  | {
      readonly type: "events";
      readonly from: string;
      readonly n: number;
      readonly events: readonly BusEvent[];
    }
  /** Nothing happened since `n`; the sender lives. */
  | { readonly type: "alive"; readonly from: string; readonly n: number }
  /** Who is in this conversation at yours? */
  | { readonly type: "who"; readonly from: string; readonly conversationId: string }
  | {
      readonly type: "here";
      readonly from: string;
      readonly to: string;
      readonly signals: readonly (TypingEvent | PresenceEvent)[];
    }
  /** Say anew who is in these conversations at yours: something may have been lost. */
  | ({ readonly type: "roll-call"; readonly from: string } & Call)
  /** The answer to call `n`, or a part of it. */
  | ({ readonly type: "roll"; readonly from: string; readonly to: string; readonly n: number } & Roll)
  /** Who of these people looks at this conversation at yours? Everybody answers, under the question's number. */
  | {
      readonly type: "looking";
      readonly from: string;
      readonly question: number;
      readonly conversationId: string;
      readonly userIds: readonly string[];
    }
  | {
      readonly type: "looks";
      readonly from: string;
      readonly to: string;
      readonly question: number;
      readonly userIds: readonly string[];
    }
  | { readonly type: "bye"; readonly from: string };

/** Raised when nodes of two versions no longer understand each other: they then do not hear each other, and re-read. */
const VERSION = 1;

export function encode(message: NodeMessage): string {
  return JSON.stringify({ v: VERSION, ...message });
}

/** The Redis is ours alone, so what a node wrote is not checked again. */
export function decode(text: string): NodeMessage | undefined {
  try {
    const { v, ...message } = JSON.parse(text) as NodeMessage & { readonly v: number };
    return v === VERSION ? message : undefined;
  } catch {
    return undefined;
  }
}
