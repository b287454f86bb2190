import { isErrorCode, type ErrorCode } from "@tidings/core/errors";
import {
  type ChangeKind,
  emoji,
  LONGEST_FILE_NAME,
  LONGEST_ID,
  OPTIONS_PER_POLL,
} from "@tidings/core/protocol";
import * as z from "zod";
import { commandRoutes } from "../api/routes.ts";
import type { AuditAction } from "../store/audit.ts";
import type { ConversationLine, MessageLine } from "../store/archive.ts";
import { ARCHIVE_VERSION, type ArchiveLine, type HeaderLine } from "./lines.ts";

/** Lines of an archive other than the records of the wire, which have schemas of their own. */
const count = z.int().nonnegative();
/** More than any conversation comes to, and numbers go on from there. */
const numbered = count.max(2 ** 48);
/** The last that a date can be. */
const time = count.max(8.64e15);
const id = z
  .string()
  .max(LONGEST_ID)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, { error: "must be an id" });
const digest = z.string().regex(/^[\da-f]{64}$/u, { error: "must be a SHA-256, in hexadecimal" });
const uuid = z.string().regex(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u, {
  error: "must be a UUID of version 7, in lower case",
});
const caseId = z.string().regex(/^[\da-f]{32}$/u, { error: "must be 32 hexadecimal digits" });
const text = z.string().max(4_096);
const code = z.custom<ErrorCode>(isErrorCode, { error: "must be an error code" });

const scope = z.discriminatedUnion("of", [
  z.strictObject({ of: z.literal("server") }),
  z.strictObject({ of: z.literal("conversation"), conversationId: id }),
  z.strictObject({ of: z.enum(["person", "device"]), userId: id }),
  z.strictObject({ of: z.literal("reading"), userId: id, conversationId: id }),
]);

export const headerLine: z.ZodType<HeaderLine> = z.strictObject({
  type: z.literal("header"),
  format: z.literal("tidings", { error: 'must be "tidings"' }),
  version: z.literal(ARCHIVE_VERSION, { error: `must be ${ARCHIVE_VERSION}: this server knows no other` }),
  scope,
  files: z.enum(["none", "beside", "inline"]),
  at: count,
  epoch: z.string().max(LONGEST_ID).exactOptional(),
  messages: count.exactOptional(),
});

const endLine = z.strictObject({ type: z.literal("end"), lines: count, sha256: digest });

/** What a line of a conversation says beside its record. */
export const ofConversation: z.ZodType<Pick<ConversationLine, "head" | "activeAt">> = z.object({
  head: z.strictObject({ rev: numbered, seq: numbered }),
  activeAt: time,
});

/** Times that a server gave; those that people gave may be any. */
export const ofRecord: z.ZodType<unknown> = z.object(
  Object.fromEntries(
    ["createdAt", "editedAt", "deletedAt", "pinnedAt", "joinedAt", "at", "replacedAt"].map((name) => [
      name,
      time.exactOptional(),
    ]),
  ),
);

/** What a line of a message says beside its record. */
export const ofMessage: z.ZodType<Pick<MessageLine, "sentRev">> = z.object({
  sentRev: count.exactOptional(),
});

const storedAnswer = z.union([
  z.strictObject({ code, message: text }),
  z.strictObject({
    kind: z.custom<ChangeKind>((value) => typeof value === "string" && Object.hasOwn(commandRoutes, value)),
    at: time,
    emoji: z.string().max(64).exactOptional(),
    records: z
      .array(
        z.strictObject({
          type: z.enum(["conversation", "participant", "message", "note"]),
          id: z.string().max(4 * LONGEST_ID),
          rev: count,
        }),
      )
      .max(10_000),
  }),
]);

type OtherLine = Exclude<
  ArchiveLine,
  { readonly type: "header" | "version" | "conversation" | "participant" | "message" | "note" }
>;

/** By `type`; whatever else they have is refused, not dropped. */
export const otherLine: z.ZodType<OtherLine> = z.discriminatedUnion("type", [
  z.strictObject({
    ...{ type: z.literal("receipt"), conversationId: id, userId: id },
    ...{ deliveredSeq: count, readSeq: count, at: time },
  }),
  z.strictObject({ type: z.literal("reaction"), messageId: uuid, userId: id, emoji }),
  z.strictObject({
    ...{ type: z.literal("vote"), messageId: uuid, userId: id },
    option: count.max(OPTIONS_PER_POLL - 1),
  }),
  z.strictObject({
    ...{
      type: z.literal("file"),
      fileId: uuid,
      conversationId: id,
      ownerId: id,
      size: count,
      createdAt: time,
    },
    name: z.string().max(2 * LONGEST_FILE_NAME),
    mediaType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/u, { error: 'must be a media type, as "image/png"' }),
    state: z.enum(["scanning", "ready", "refused"]),
    fault: code.exactOptional(),
    checksum: z.string().max(64).exactOptional(),
    previewOf: uuid.exactOptional(),
    sha256: digest.exactOptional(),
  }),
  z.strictObject({
    ...{ type: z.literal("bytes"), fileId: uuid, at: count },
    data: z.base64().max(1_024 * 1_024),
  }),
  z.strictObject({
    ...{
      type: z.literal("case"),
      caseId,
      conversationId: id,
      messageId: uuid.exactOptional(),
      userId: id,
    },
    status: z.enum(["open", "appealed", "approved", "removed", "banned"]),
    ...{ openedAt: time, urgency: count, reports: count, decision: text.exactOptional() },
    ...{ decidedAt: time.exactOptional(), decidedBy: id.exactOptional(), appeal: text.exactOptional() },
    ...{ revision: count.exactOptional(), decidedRevision: count.exactOptional() },
  }),
  z.strictObject({
    ...{
      type: z.literal("flag"),
      caseId,
      at: time,
      rule: text,
      text,
      score: z.number().exactOptional(),
      version: count.exactOptional(),
    },
    reporterId: z.union([id, z.literal("")]),
  }),
  z.strictObject({
    ...{ type: z.literal("device"), userId: id, deviceId: id, at: time },
    endpoint: z.url().max(2_048),
    ...{ p256dh: z.string().max(256), auth: z.string().max(256) },
  }),
  z.strictObject({
    ...{ type: z.literal("answer"), commandId: uuid, userId: id, conversationId: id, at: time },
    answer: storedAnswer,
  }),
  z.strictObject({
    ...{ type: z.literal("audit"), at: time, actorId: id },
    action: z.custom<AuditAction>((value) => typeof value === "string" && /^[a-z]+\.[a-z]+$/u.test(value)),
    subject: text.exactOptional(),
    conversationId: id.exactOptional(),
    detail: text.exactOptional(),
  }),
  endLine,
]);
