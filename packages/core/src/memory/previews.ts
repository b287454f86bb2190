import { hasPreviews, previewableLinks } from "../domain/links.ts";
import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { PreviewAnswer, PreviewQuery } from "../protocol/previews.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { Reader } from "./reader.ts";

const KEPT_MS = 3_600_000;

/** @throws {MessagingError} `message/not-found`, `command/unsupported`, `permission/denied`, `query/malformed` */
export function askPreview(
  { limits, preview: previewOf, at }: Reader,
  store: ConversationStore,
  { messageId, url }: PreviewQuery,
): PreviewAnswer {
  const message = store.message(messageId);
  if (!message) throw failure("message/not-found");
  if (!limits.previews) throw failure("command/unsupported");
  if (!store.conversation || !hasPreviews(store.conversation.settings)) throw failure("permission/denied");
  if (!previewableLinks(message).includes(url)) throw failure("query/malformed");
  const preview = previewOf(url);
  return { ...(preview && { preview }), expiresAt: at + KEPT_MS };
}

function failure(code: ErrorCode): MessagingError {
  return new MessagingError(code, { message: `unable to answer; ${asReason(entryOf(code).text)}` });
}
