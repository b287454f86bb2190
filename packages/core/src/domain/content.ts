import type { ErrorCode } from "../errors/codes.ts";
import type { Limits } from "../protocol/policy.ts";
import type { Poll } from "../protocol/polls.ts";
import type { MessageContent, MessageKind } from "../protocol/records.ts";
import { attachmentsOf } from "./attachments.ts";

/**
 * What sealing may add: base64 of UTF-8 takes up to 4 characters for one UTF-16 unit, and an envelope holds keys and
 * tags. Without a bound, sealing would be the way round the limit of plain text.
 */
const SEALED_GROWTH = 4;
const SEALED_ENVELOPE = 1_024;

/** What is uploaded says enough without a text. */
export const uploads: ReadonlySet<MessageKind> = new Set(["image", "video", "audio", "voice", "file"]);

/** Why this cannot be said; `undefined` if it can. */
export function contentFault(
  kind: MessageKind,
  content: MessageContent,
  { textLength, files, pollOptions }: Limits,
): ErrorCode | undefined {
  const isSealed = "sealed" in content;
  const text = isSealed ? content.sealed : content.text;
  const shown = attachmentsOf(content).map(({ fileId }) => fileId);
  if (shown.length > 0 && !files) return "command/unsupported";
  if (files && (shown.length > files.perMessage || new Set(shown).size < shown.length))
    return "draft/invalid";
  if (text.trim() === "" && (isSealed || (!uploads.has(kind) && shown.length === 0))) return "draft/empty";
  if (text.length > (isSealed ? textLength * SEALED_GROWTH + SEALED_ENVELOPE : textLength))
    return "draft/too-long";
  if (hasPollFault(kind, isSealed ? undefined : content.poll, pollOptions)) return "draft/invalid";
  let last = 0;
  const strays = isSealed
    ? undefined
    : content.ranges?.some(({ start, end }) => {
        const isStray = start < last || start >= end || end > text.length;
        last = end;
        return isStray;
      });
  return strays ? "draft/invalid" : undefined;
}

/** A poll has something to choose from, and no other message has. */
function hasPollFault(kind: MessageKind, poll: Poll | undefined, most = 0): boolean {
  if (!poll || kind !== "poll") return poll !== undefined || kind === "poll";
  const { options } = poll;
  const isEmpty = options.some((option) => option.trim() === "");
  return options.length < 2 || options.length > most || isEmpty || new Set(options).size < options.length;
}
