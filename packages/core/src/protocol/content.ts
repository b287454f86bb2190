import type { Attachment } from "./files.ts";
import type { Poll } from "./polls.ts";

export type MessageKind =
  "text" | "image" | "video" | "audio" | "voice" | "file" | "system" | "announcement" | "poll";

/** A stretch of the text with a meaning; offsets in UTF-16 units, `end` exclusive. Stored beside the text, never in it. */
export interface TextRange {
  readonly type: "link" | "mention" | "group" | "hashtag";
  readonly start: number;
  readonly end: number;
  /** The address; the id of the user mentioned; of a group mentioned `"here"`, for everybody, or a role; the tag. */
  readonly value: string;
}

/** What a message says: readable text, or bytes only the members can open. Neither core nor server needs to read it. */
export type MessageContent =
  | {
      readonly text: string;
      readonly ranges?: readonly TextRange[];
      /** Of an edit that has none: those that were there stay. */
      readonly attachments?: readonly Attachment[];
      /** Of a message of kind `poll`, with `text` as its question. */
      readonly poll?: Poll;
    }
  | { readonly sealed: string; readonly scheme: string };

/** Where a forwarded message came from first, as the backend found it. */
export interface MessageOrigin {
  readonly conversationId: string;
  readonly messageId: string;
  readonly authorId: string;
}

/** The message to be forwarded. */
export interface MessageForward {
  readonly conversationId: string;
  readonly messageId: string;
  /** Who said it, to be shown until a backend has looked it up. */
  readonly authorId?: string;
}
