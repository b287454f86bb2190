import * as z from "zod/mini";
import { LONGEST_LINK } from "./bounds.ts";
import { count, id, type Schema, text, uuid, type Variant } from "./schema.ts";
import type { Within } from "./within.ts";

/** What the page says of itself that a link in a message leads to. */
export interface PreviewQuery extends Within {
  readonly type: "preview";
  readonly messageId: string;
  /** The value of one of the message's ranges of type `link`. */
  readonly url: string;
}

/** Said by a page nobody vouches for: plain text on one line, never markup. */
export interface LinkPreview {
  readonly title: string;
  readonly description?: string;
  readonly siteName?: string;
  /** Address of its picture at the backend, to whoever has it, at least until the answer expires. */
  readonly image?: string;
}

/** What is known of a link. */
export interface PreviewAnswer {
  /** Absent: there is nothing to show, now. */
  readonly preview?: LinkPreview;
  /** Until when it is worth keeping, server time in ms. */
  readonly expiresAt: number;
}

const LONGEST_TITLE = 300;
const LONGEST_DESCRIPTION = 1_000;
const LONGEST_SITE = 100;
const LONGEST_IMAGE = 2_048;

/** The bounds of each part, in code points. */
export const previewBounds: Readonly<Record<keyof LinkPreview, number>> = {
  title: LONGEST_TITLE,
  description: LONGEST_DESCRIPTION,
  siteName: LONGEST_SITE,
  image: LONGEST_IMAGE,
};

/** The variant of `query`. */
export const previewQuery: Variant<PreviewQuery> = z.object({
  type: z.literal("preview"),
  conversationId: id,
  messageId: uuid,
  url: text(LONGEST_LINK),
});

export const previewAnswer: Schema<PreviewAnswer> = z.object({
  preview: z.exactOptional(
    z.object({
      title: text(LONGEST_TITLE),
      description: z.exactOptional(text(LONGEST_DESCRIPTION)),
      siteName: z.exactOptional(text(LONGEST_SITE)),
      image: z.exactOptional(text(LONGEST_IMAGE)),
    }),
  ),
  expiresAt: count,
});
