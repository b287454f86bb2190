import type { ErrorCode } from "../errors/codes.ts";
import { LONGEST_FILE_NAME } from "../protocol/bounds.ts";
import type { Attachment } from "../protocol/files.ts";
import type { FileLimits } from "../protocol/policy.ts";
import type { MessageContent } from "../protocol/records.ts";
import type { Scene } from "./outcome.ts";
import type { KnownFile } from "./types.ts";

/** What is beside the text; of sealed content nobody but its members knows. */
export function attachmentsOf(content: MessageContent): readonly Attachment[] {
  return ("text" in content && content.attachments) || [];
}

const none: readonly string[] = [];

/** Ids of all files a message shows, each once: previews too. */
export function filesIn(content: MessageContent): readonly string[] {
  const attachments = attachmentsOf(content);
  if (attachments.length === 0) return none; // as nearly all messages
  const ids = attachments.flatMap(({ fileId, thumbnailId = fileId, posterId = fileId }) => [
    fileId,
    thumbnailId,
    posterId,
  ]);
  return [...new Set(ids)];
}

/** Is a media type one of `types`, of which a `*` at the end stands for anything? */
export function isAllowedType(mediaType: string, types: readonly string[]): boolean {
  return types.some((type) =>
    type.endsWith("*") ? mediaType.startsWith(type.slice(0, -1)) : mediaType === type,
  );
}

/** Why a file like this cannot be uploaded; `undefined` if it can. */
export function fileFault(
  { size, mediaType }: { readonly size: number; readonly mediaType: string },
  limits: FileLimits | undefined,
): ErrorCode | undefined {
  if (!limits) return "command/unsupported";
  if (size > limits.bytes) return "file/too-large";
  return isAllowedType(mediaType, limits.types) ? undefined : "file/type-refused";
}

/** An edit that says nothing of attachments leaves those that are there. */
export function keepingAttachments(content: MessageContent, before: MessageContent): MessageContent {
  const kept = attachmentsOf(before);
  if (!("text" in content) || kept.length === 0) return content;
  const { attachments = kept, ...said } = content;
  return attachments.length > 0 ? { ...said, attachments } : said;
}

/**
 * Content as a backend takes it: its attachments as the backend knows them, or why it may not show them. Those that the
 * message showed `before` stay as they are. A client, which knows no files, takes what is said.
 */
export function withKnownFiles(
  { records, context }: Pick<Scene, "records" | "context">,
  content: MessageContent,
  before: MessageContent = nothingSaid,
): MessageContent | ErrorCode {
  const attachments = attachmentsOf(content);
  if (!("text" in content) || attachments.length === 0 || !records.file) return content;
  const shown = new Map(attachmentsOf(before).map((attachment) => [attachment.fileId, attachment]));
  const found: Attachment[] = [];
  for (const attachment of attachments) {
    const { fileId, thumbnailId = fileId, posterId = fileId } = attachment;
    const known = shown.get(fileId);
    if (known) found.push(known);
    else {
      // Each is asked for, whatever the one before says, so that a store reads all of them at once.
      const files = [fileId, thumbnailId, posterId].map((id) => records.file?.(id, context.actorId));
      const fault = files.map(faultOf).find((code) => code !== undefined);
      if (fault) return fault;
      found.push(asFound(attachment, files[0]));
    }
  }
  return { ...content, attachments: found };
}

const nothingSaid: MessageContent = { text: "" };

function faultOf(file: KnownFile | undefined): ErrorCode | undefined {
  if (!file?.isTheirs) return "file/not-found";
  if (file.fault) return file.fault;
  return file.isReady ? undefined : "file/not-ready";
}

/**
 * A file's name as backends keep it: in NFC, unless that is longer than the protocol takes, as some signs come apart by
 * it; then as it was said.
 */
export function fileNameOf(name: string): string {
  const composed = name.normalize();
  // Code points, as the schema counts them.
  return Array.from(composed).length > LONGEST_FILE_NAME ? name : composed;
}

/** A name that says image shows none. */
function asFound(attachment: Attachment, file: KnownFile | undefined): Attachment {
  const { mediaType: type = attachment.type, size = attachment.size } = file ?? {};
  const { kind, name } = attachment;
  const isSo = kind === "file" || type.startsWith(`${kind === "voice" ? "audio" : kind}/`);
  return { ...attachment, kind: isSo ? kind : "file", name: fileNameOf(name), type, size };
}
