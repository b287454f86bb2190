import { entryKey } from "../outbox/journal.ts";
import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";
import type { Attachment } from "../protocol/files.ts";
import type { UploadJob, UploadSubject } from "./machine.ts";

/** A job as it is on storage: enough to go on with it in another life. */
export interface StoredUpload
  extends UploadSubject, Pick<UploadJob, "phase" | "sent" | "partBytes" | "code"> {
  readonly attachment: Attachment;
  /** The message it is for, once there is one. */
  readonly messageId: string | undefined;
  /** Which commands send or plan that message. Absent: the one that has its id. */
  readonly commandIds?: readonly string[] | undefined;
}

/**
 * What one person's uploads have on storage, whoever is signed in by now: each a record under `["upload", user, file id]`,
 * and its bytes in pieces under `["upload-bytes", user, file id, piece]`. A record that says `storing` has not all its bytes.
 */
export interface UploadStore {
  /** Whose they are. */
  readonly userId: string;
  read(fileId: string): Promise<StoredUpload | undefined>;
  /** Is any of these commands still to be taken, by whichever client? */
  isWaiting(commandIds: readonly string[]): Promise<boolean>;
  all(): Promise<readonly StoredUpload[]>;
  write(upload: StoredUpload): Promise<void>;
  /** Piece by piece, so that no more than one is ever in memory; then the record, as `waiting`. */
  keep(upload: StoredUpload, bytes: Blob, signal: AbortSignal): Promise<void>;
  /** Bytes `start` to `end`, exclusive. @throws {RangeError} if some are missing */
  bytes(fileId: string, start: number, end: number): Promise<ArrayBuffer>;
  /** The bytes, and the record unless another takes its place. */
  erase(fileId: string, size: number, record?: StoredUpload): Promise<void>;
}

/** Of bytes on storage. What is written at once is held in memory several times over by some media. */
export const PIECE_BYTES = 1_048_576;

export function createUploadStore(storage: Storage, userId: string): UploadStore {
  const recordKey = (fileId: string): StorageKey => ["upload", userId, fileId];
  const pieceKey = (fileId: string, piece: number): StorageKey => [
    ...["upload-bytes", userId, fileId],
    String(piece).padStart(8, "0"),
  ];
  const put = (upload: StoredUpload): StorageOperation => ({
    ...{ type: "put", key: recordKey(upload.fileId), value: upload },
  });
  return {
    userId,
    async read(fileId) {
      const value = await storage.get(recordKey(fileId));
      return isStored(value) ? value : undefined;
    },
    async isWaiting(commandIds) {
      const found = await Promise.all(commandIds.map((id) => storage.get(entryKey(userId, id))));
      return found.some((entry) => entry !== undefined);
    },
    async all() {
      const found = await storage.scan({ prefix: ["upload", userId] });
      return found.map(([, value]) => value).filter(isStored);
    },
    write: (upload) => storage.write([put(upload)]),
    async keep(upload, bytes, signal) {
      await storage.open();
      await storage.write([put({ ...upload, phase: "storing" })]);
      for (let start = 0; start < bytes.size; start += PIECE_BYTES) {
        const value = await bytes.slice(start, start + PIECE_BYTES).arrayBuffer();
        signal.throwIfAborted();
        await storage.write([{ type: "put", key: pieceKey(upload.fileId, start / PIECE_BYTES), value }]);
      }
      signal.throwIfAborted();
      await storage.write([put({ ...upload, phase: "waiting" })]);
    },
    async bytes(fileId, start, end) {
      const taken = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const piece = Math.floor(at / PIECE_BYTES);
        const value = await storage.get(pieceKey(fileId, piece));
        const from = at - piece * PIECE_BYTES;
        const to = Math.min(PIECE_BYTES, end - piece * PIECE_BYTES);
        if (!isBuffer(value) || value.byteLength < to)
          throw new RangeError(`unable to read the file; piece ${piece} is missing`);
        taken.set(new Uint8Array(value, from, to - from), at - start);
        at += to - from;
      }
      return taken.buffer;
    },
    async erase(fileId, size, record) {
      const pieces = Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, piece) =>
        pieceKey(fileId, piece),
      );
      const gone = [...pieces, ...(record ? [] : [recordKey(fileId)])];
      await storage.write([
        ...gone.map((key): StorageOperation => ({ type: "delete", key })),
        ...(record ? [put(record)] : []),
      ]);
    },
  };
}

/** Also one of another frame. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** What this client wrote itself, whole or not at all: of another version it is none of ours. */
function isStored(value: unknown): value is StoredUpload {
  const { fileId, conversationId, size, phase, sent, attachment } = Object(value);
  return (
    [fileId, conversationId, phase, Object(attachment).fileId].every((each) => typeof each === "string") &&
    typeof size === "number" &&
    sent instanceof Map
  );
}
