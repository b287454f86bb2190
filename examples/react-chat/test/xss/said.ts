/** What others have said, of which everything that somebody can say is an attack. */
import type { ModerationCase } from "@tidings/core/moderation";
import type { Attachment, TextRange } from "@tidings/core/protocol";
import type { Message } from "../../src/lib/data.ts";

export const ranges = (value: string): readonly TextRange[] => [
  { type: "link", start: 0, end: value.length, value },
];

/** A file of each kind in turn, of which everything that somebody can say is the string. */
function fileOf(text: string, index: number): Attachment {
  const kind = (["file", "image", "video", "voice", "audio"] as const)[index % 5] ?? "file";
  return { fileId: `f${index}`, kind, name: text, type: text, size: 1, placeholder: text };
}

export function messageOf(text: string, index: number, withRanges: boolean): Message {
  return {
    ...{ type: "message", id: `m${index}`, conversationId: "general", rev: 1, seq: index + 1, kind: "text" },
    ...{ authorId: text, sentAt: 0, createdAt: 0, version: 0 },
    content: withRanges ? { text, ranges: ranges(text) } : { text, attachments: [fileOf(text, index)] },
    custom: { picture: { src: text, width: 1, height: 1 } },
    reactions: [{ emoji: text.slice(0, 64), count: 2, userIds: [text] }],
  };
}

/** What a moderator is shown of a message: what it said and says, why it was reported, what its author says to that. */
export function caseOf(text: string, message: Message): ModerationCase {
  const flags = (["rule", "person"] as const).map((source) => ({ source, reason: text, score: 1, at: 0 }));
  return {
    ...{ id: message.id, conversationId: "general", messageId: message.id, userId: text, decidedBy: text },
    ...{ status: "appealed", openedAt: 0, revision: 1, urgency: 1, reports: 1, flags, appeal: text, message },
    said: message.content,
  };
}
