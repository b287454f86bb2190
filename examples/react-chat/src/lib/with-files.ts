import type { ComposerOptions } from "@tidings/core/bindings";
import type { Upload } from "@tidings/core/uploads";

/** A composer whose attachments are uploads: the message waits for them. */
export const withFiles = {
  draftOf: ({ text, ranges, attachments }) => ({
    ...{ text, ranges, attachments: attachments.map(({ attachment }) => attachment) },
  }),
} satisfies ComposerOptions<Upload>;
