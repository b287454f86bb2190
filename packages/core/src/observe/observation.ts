import type { ErrorCode } from "../errors/codes.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { OutboxEntry } from "../outbox/entry.ts";
import type { LinkEvent } from "../ports/transport.ts";
import type { Command } from "../protocol/commands.ts";
import type { QueryType } from "../protocol/queries.ts";

/** How long something took, and when it was over; both by the client's clock, in ms. */
export interface Timed {
  readonly at: number;
  readonly tookMs: number;
}

/** One thing seen at the edges of a client. Whatever is made of it, what people wrote stays out of it. */
export type Observation =
  /** An attempt to open a link: it opened, or why not. */
  | (Timed & { readonly type: "opened"; readonly error?: MessagingError | undefined })
  | { readonly type: "closed"; readonly at: number; readonly code: ErrorCode }
  | { readonly type: "submit"; readonly at: number; readonly command: Command }
  /** The answer to a submit: accepted, or why not. */
  | (Timed & {
      readonly type: "answer";
      readonly command: Command;
      readonly error?: MessagingError | undefined;
    })
  | (Timed & {
      readonly type: "query";
      readonly query: QueryType;
      /** Of `history`: the newest page. */
      readonly isNewest: boolean;
      readonly error?: MessagingError | undefined;
    })
  /** The backend told something; nobody knows of it yet. */
  | { readonly type: "arriving"; readonly at: number; readonly events: readonly LinkEvent[] }
  /** The client has taken it in and told its listeners. */
  | (Timed & { readonly type: "arrived"; readonly events: readonly LinkEvent[] })
  | (Timed & {
      readonly type: "storage";
      readonly operation: "open" | "get" | "scan" | "write";
      /** Of `get`: the timeline of a conversation was asked for, and there, or not. */
      readonly timeline?: "found" | "missing" | undefined;
      readonly error?: MessagingError | undefined;
    })
  /** A command of this client moved on. */
  | { readonly type: "entry"; readonly at: number; readonly entry: OutboxEntry }
  /** Told by the app: it drew something, and a message is on the screen. */
  | (Timed & { readonly type: "rendered" })
  | { readonly type: "displayed"; readonly at: number; readonly messageId: string };

/** Makes something of observations. What it throws goes no further (D10). */
export type Observer = (observation: Observation) => void;
