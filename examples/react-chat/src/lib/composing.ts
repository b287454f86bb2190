import type { ComposerOptions, Suggestion } from "@tidings/core/bindings";
import type { Upload } from "@tidings/core/uploads";

const MOST_EMOJI = 8;

/** A composer whose attachments are uploads, for which the message waits, and which knows emoji by their names. */
export const composing = {
  draftOf: ({ text, ranges, attachments }) => ({
    ...{ text, ranges, attachments: attachments.map(({ attachment }) => attachment) },
  }),
  suggestEmoji,
} satisfies ComposerOptions<Upload>;

/** The list of names is fetched when the first is being written. */
async function suggestEmoji(query: string): Promise<readonly Suggestion[]> {
  const { emojiNamed } = await import("@tidings/core/emoji");
  return emojiNamed(query, MOST_EMOJI).map(({ emoji, name }) => ({
    type: "emoji",
    value: emoji,
    label: name,
  }));
}
