import * as z from "zod/mini";
import { LONGEST_SEARCH, MOST_HIGHLIGHTS } from "./bounds.ts";
import { messageRecord } from "./record-schemas.ts";
import type { MessageRecord } from "./records.ts";
import { count, id, list, type Schema, text } from "./schema.ts";

/** What a message has to have beside its text. */
export type SearchFeature = "link" | "file";

/**
 * What is looked for: words, and what else has to be so. Everything given has to hold. There is no syntax: whatever
 * stands between words is skipped, so no text is malformed. Filters for place and time alone find nothing, as that
 * would be the history.
 */
export interface SearchFilter {
  /** Each of its words has to be in the message; of the last one the beginning is enough. */
  readonly text?: string;
  /** Default: all that the reader is in. */
  readonly conversationId?: string;
  readonly authorId?: string;
  /** Said at this server time (ms) or later. */
  readonly since?: number;
  /** Said before this server time, ms. */
  readonly until?: number;
  readonly has?: readonly SearchFeature[];
  /** The reader, a role they have, or everybody is mentioned. */
  readonly mentionsMe?: boolean;
  /** Without its `#`; accents and capital letters make no difference. */
  readonly hashtag?: string;
}

/** A stretch of a message's text that was looked for; offsets in UTF-16 units, `end` exclusive. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

export interface SearchHit {
  readonly message: MessageRecord;
  /** In order, apart, within the text. */
  readonly highlights: readonly Highlight[];
}

export const searchFilter: {
  readonly [Name in keyof SearchFilter]-?: z.ZodMiniExactOptional<Schema<NonNullable<SearchFilter[Name]>>>;
} = {
  text: z.exactOptional(text(LONGEST_SEARCH)),
  conversationId: z.exactOptional(id),
  authorId: z.exactOptional(id),
  since: z.exactOptional(count),
  until: z.exactOptional(count),
  has: z.exactOptional(list(z.enum(["link", "file"]), 2)),
  mentionsMe: z.exactOptional(z.boolean()),
  hashtag: z.exactOptional(text(LONGEST_SEARCH)),
};

export const searchHit: Schema<SearchHit> = z.object({
  message: messageRecord,
  highlights: list<Highlight>(z.object({ start: count, end: count }), MOST_HIGHLIGHTS),
});
