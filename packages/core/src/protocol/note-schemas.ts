import * as z from "zod/mini";
import type { NoteKind, NoteSubject } from "./notes.ts";
import type { NotifyRules } from "./notify-rules.ts";
import { id, list, type Schema, text, uuid } from "./schema.ts";

export const noteKind: Schema<NoteKind> = z.enum([
  "archived",
  "pinned",
  "muted",
  "draft",
  "bookmark",
  "hidden",
  "followed",
  "read",
  "notify",
  "scheduled",
  "reminder",
  "block",
  "report",
  "appeal",
]);

export const noteSubject: Schema<NoteSubject> = z.object({
  kind: noteKind,
  conversationId: id,
  messageId: z.exactOptional(uuid),
  userId: z.exactOptional(id),
});

const LONGEST_ZONE = 64;
const minute = z.int().check(z.gte(0), z.lte(24 * 60 - 1));

export const notifyRules: Schema<NotifyRules> = z.object({
  level: z.exactOptional(z.enum(["all", "mentions", "none"])),
  quiet: z.exactOptional(
    z.object({
      timeZone: text(LONGEST_ZONE),
      from: minute,
      to: minute,
      days: z.exactOptional(list(z.int().check(z.gte(0), z.lte(6)), 7)),
    }),
  ),
  sound: z.exactOptional(z.boolean()),
  previews: z.exactOptional(z.boolean()),
});
