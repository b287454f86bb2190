import type { ErrorCode } from "@tidings/core/errors";
import { type FileState, noteIdOf, type NoteRecord } from "@tidings/core/protocol";
import type { Refusal } from "./refusal.ts";

/** What is known of a file, beside its bytes. */
export interface FileRecord {
  readonly fileId: string;
  /** Where it was uploaded to. */
  readonly conversationId: string;
  readonly ownerId: string;
  readonly name: string;
  /** As it was said, until it was looked at. */
  readonly mediaType: string;
  readonly size: number;
  /** Server time, ms. */
  readonly createdAt: number;
  /** `gone`: its bytes are deleted, or about to be. */
  readonly state: FileState["state"] | "gone";
  /** Why it was refused. */
  readonly fault?: ErrorCode;
  /** SHA-256 in base64, as it was said. */
  readonly checksum?: string;
  readonly previewOf?: string;
  /** What the store of files calls an upload in parts. */
  readonly uploadId?: string;
  /** When somebody began to look through it. */
  readonly scannedAt?: number;
}

/** What one person may have. */
export interface FileQuota {
  readonly perHour: number;
  /** Of one file. */
  readonly previews: number;
  /** In all. */
  readonly bytes: number;
}

export type OpenedFile = { readonly ok: true; readonly file: FileRecord } | Refusal;

/** What of a file changes. */
export type FileChange = Partial<
  Pick<FileRecord, "state" | "fault" | "mediaType" | "uploadId" | "scannedAt">
>;

/**
 * Where files are written down. Which of them a message shows is kept by the commits; a note that plans a message shows
 * them in its notebook, and so to its owner only, until the message does.
 */
export interface FileTable {
  /** Adds a file that is not there yet. @returns the one of that id, or why there may be none. */
  open(file: FileRecord, quota: FileQuota): Promise<OpenedFile>;
  /** Undefined for one that is gone, too. */
  find(fileId: string): Promise<FileRecord | undefined>;
  /** @returns the changed record; undefined if it is in another state by now. */
  change(fileId: string, from: FileRecord["state"], change: FileChange): Promise<FileRecord | undefined>;
  /** Does a message of the conversation show it? */
  isShown(fileId: string, conversationId: string): Promise<boolean>;
  /** Makes it gone, unless a message shows it. @returns is it gone? */
  abandon(fileId: string): Promise<boolean>;
  /** Some of those that nobody needs by `at`, and are gone by that: their bytes are to be deleted, then they. */
  due(at: number): Promise<readonly FileRecord[]>;
  remove(fileIds: readonly string[]): Promise<void>;
  /** Of those that somebody began to look through before `before` and has not done with, some that wait longest. */
  unscanned(before: number): Promise<readonly FileRecord[]>;
}

/** After this long a file is gone that no message has shown. */
export const UNSHOWN_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** Files taken in one call. */
export const FILES_AT_ONCE = 100;

/** What stands for a note where ids of messages do: none of those is like it. @param key - of its notebook */
export function holderOf(key: number, { subject }: NoteRecord): string {
  return `${key}/${noteIdOf(subject)}`;
}

/** A file, and whether a message shows it where the one who asks is in. */
export interface FoundFile {
  readonly file: FileRecord;
  readonly isReadable: boolean;
}

/** What an owner has already, as a query of either database counts it. */
export interface FileUse {
  /** Begun within the hour, previews apart. */
  readonly recent: number;
  /** When the first of those was begun. */
  readonly since: number | null;
  readonly bytes: number;
}

/** Why this file may not be opened beside those there are. */
export function quotaFault(
  { createdAt, size }: FileRecord,
  { recent, since, bytes }: FileUse,
  quota: FileQuota,
  isPreview: boolean,
): Refusal | undefined {
  if (bytes + size > quota.bytes)
    return { ...tooMuch("this person keeps as many bytes as one may"), retryable: false };
  if (isPreview || recent < quota.perHour) return undefined;
  const retryAfterMs = Math.max(1_000, (since ?? createdAt) + HOUR_MS - createdAt);
  return { ...tooMuch("this person has begun as many uploads this hour as one may"), retryAfterMs };
}

/** May a file be a preview of this one? One of a preview may not: what is a preview counts with a file, and only once. */
export function isPreviewable(
  of: FileRecord | undefined,
  { ownerId, conversationId }: Pick<FileRecord, "ownerId" | "conversationId">,
): boolean {
  const isTheirs = of?.ownerId === ownerId && of.conversationId === conversationId;
  return isTheirs && of.state !== "gone" && of.previewOf === undefined;
}

/** The same file, asked for again by the same person; any other gets nothing of it. */
export function sameFile(known: FileRecord, asked: FileRecord): OpenedFile {
  const isSame =
    known.ownerId === asked.ownerId &&
    known.conversationId === asked.conversationId &&
    known.state !== "gone" &&
    (known.state !== "open" || (known.size === asked.size && known.mediaType === asked.mediaType));
  return isSame ? { ok: true, file: known } : idTaken;
}

export const tooManyPreviews: Refusal = Object.freeze({
  ...tooMuch("the file has a thumbnail and a poster already"),
  retryable: false,
});

export const noSuchFile: Refusal = Object.freeze({
  ok: false,
  code: "file/not-found",
  message: "unable to find the file; it does not exist, or is not theirs",
});

const idTaken: Refusal = Object.freeze({
  ok: false,
  code: "command/id-taken",
  message: "unable to take the file; its id is in use",
});

function tooMuch(reason: string): Refusal {
  return { ok: false, code: "file/quota", message: `unable to take the file; ${reason}` };
}
