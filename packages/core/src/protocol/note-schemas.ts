import * as z from "zod/mini";
import { LONGEST_TEXT } from "./bounds.ts";
import type { NoteKind, NoteSubject, NoteValue } from "./notes.ts";
import { count, id, type Schema, text, uuid } from "./schema.ts";

export const noteKind: Schema<NoteKind> = z.enum([
  "archived",
  "pinned",
  "muted",
  "draft",
  "bookmark",
  "hidden",
  "followed",
  "read",
]);

export const noteSubject: Schema<NoteSubject> = z.object({
  kind: noteKind,
  conversationId: id,
  messageId: z.exactOptional(uuid),
});

export const noteValue: Schema<NoteValue> = z.object({
  until: z.exactOptional(count),
  text: z.exactOptional(text(LONGEST_TEXT)),
  seq: z.exactOptional(count),
});
