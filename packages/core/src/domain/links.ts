import type { ConversationSettings, MessageRecord } from "../protocol/records.ts";

/** Links of one message that are looked up; whoever writes more of them wants something else. */
const MOST_PREVIEWED = 3;

/** The addresses a message links to that may be looked up, in the order they stand there. */
export function previewableLinks({ content }: Pick<MessageRecord, "content">): readonly string[] {
  const ranges = "text" in content ? (content.ranges ?? []) : []; // what is sealed is nobody else's
  const links = ranges.filter(({ type, value }) => type === "link" && /^https?:\/\//i.test(value));
  return [...new Set(links.map(({ value }) => value))].slice(0, MOST_PREVIEWED);
}

/** May what links here lead to be looked up? Whoever fetches a page tells its owner that somebody has its address. */
export function hasPreviews({ previews = true, confidential = false }: ConversationSettings): boolean {
  return previews && !confidential;
}
