import { uploadObstacle } from "../domain/apply.ts";
import { fileFault } from "../domain/attachments.ts";
import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type {
  FileCompleteQuery,
  FileLink,
  FileQuery,
  FileResults,
  FileState,
  FileUploadQuery,
  UploadTicket,
} from "../protocol/files.ts";
import { obstacle } from "./blocks.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { etagOf, type MemoryFile, PART_BYTES, partsOf } from "./files.ts";
import { errorOf } from "./outcome.ts";
import type { Reader } from "./reader.ts";

const HOUR_MS = 3_600_000;
/** Thumbnail and poster. */
const MOST_PREVIEWS = 2;

/** @throws {MessagingError} the codes that begin with `file/`, `command/unsupported`, what forbids to write here, or to reach anybody */
export function askFile(
  reader: Reader,
  store: ConversationStore,
  query: FileQuery,
): FileResults[FileQuery["type"]] {
  const { archive, userId, limits } = reader;
  if (!limits.files) throw failure("command/unsupported");
  const { fileId, conversationId } = query;
  const file = archive.files.get(fileId);
  if (query.type === "file.upload") return upload(reader, store, query, file);
  if (query.type === "file.download" && file && archive.shows(fileId, userId, [store]))
    return link(reader, file);
  if (file?.ownerId !== userId || file.conversationId !== conversationId) throw failure("file/not-found");
  switch (query.type) {
    case "file.complete":
      return complete(reader, file, query);
    case "file.state":
      return stateOf(file);
    case "file.download":
      return link(reader, file);
    case "file.cancel":
      if (archive.shows(fileId, userId)) throw failure("file/denied");
      archive.files.delete(fileId);
      return { fileId };
  }
}

function upload(
  { archive, userId, limits, at }: Reader,
  store: ConversationStore,
  query: FileUploadQuery,
  known: MemoryFile | undefined,
): UploadTicket {
  const { fileId, conversationId, mediaType, size, previewOf } = query;
  if (known && !isSame(known, query, userId)) throw failure("command/id-taken");
  const { conversation } = store;
  if (!conversation) throw failure("conversation/not-found");
  const context = { actorId: userId, at, limits };
  const apart = obstacle(archive, userId, query);
  if (apart) throw errorOf(apart);
  const forbidden = uploadObstacle(conversation, store.participant(userId), context);
  const fault = forbidden ?? fileFault(query, limits.files);
  if (fault) throw failure(fault);
  const others = [...archive.files.values()].filter(({ ownerId }) => ownerId === userId);
  if (previewOf !== undefined) {
    const of = others.find((file) => file.fileId === previewOf && file.conversationId === conversationId);
    if (!of || of.previewOf !== undefined) throw failure("file/not-found");
    const previews = others.filter((file) => file.previewOf === previewOf && file.fileId !== fileId);
    if (previews.length >= MOST_PREVIEWS) throw failure("file/quota", false);
  } else if (!known) {
    const recent = others.filter((file) => file.previewOf === undefined && file.createdAt > at - HOUR_MS);
    if (recent.length >= (limits.files?.perHour ?? 0)) throw failure("file/quota");
  }
  const preview = previewOf === undefined ? {} : { previewOf };
  const file: MemoryFile = known ?? {
    ...{ fileId, conversationId, ownerId: userId, mediaType, size, createdAt: at, ...preview },
    ...{ state: "open", parts: new Map() },
  };
  archive.files.set(fileId, file);
  const received = [...file.parts.keys()];
  return { fileId, partBytes: PART_BYTES, parts: partsOf(file), received, expiresAt: at + HOUR_MS };
}

function isSame(file: MemoryFile, query: FileUploadQuery, userId: string): boolean {
  const { ownerId, conversationId, size, mediaType } = file;
  const isOfThem = ownerId === userId && conversationId === query.conversationId;
  return isOfThem && size === query.size && mediaType === query.mediaType;
}

function complete({ archive }: Reader, file: MemoryFile, query: FileCompleteQuery): FileState {
  if (file.state !== "open") return stateOf(file);
  const parts = partsOf(file).map(({ number }) => file.parts.get(number));
  const isWhole = parts.every((part) => part !== undefined);
  const isTheirs = query.parts.every(({ number, etag }) => etag === etagOf(number));
  if (!isWhole || !isTheirs) throw failure("file/damaged");
  const url = URL.createObjectURL(
    new Blob(
      parts.filter((part) => part !== undefined),
      { type: file.mediaType },
    ),
  );
  const ready: MemoryFile = { ...file, state: "ready", url };
  archive.files.set(file.fileId, ready);
  return stateOf(ready);
}

function stateOf({ fileId, state, mediaType, size }: MemoryFile): FileState {
  return { fileId, state, mediaType, size };
}

function link({ at }: Reader, { url }: MemoryFile): FileLink {
  if (url === undefined) throw failure("file/not-ready");
  return { url, expiresAt: at + HOUR_MS };
}

function failure(code: ErrorCode, retryable?: boolean): MessagingError {
  const message = `unable to answer; ${asReason(entryOf(code).text)}`;
  return new MessagingError(code, { message, retryable });
}
