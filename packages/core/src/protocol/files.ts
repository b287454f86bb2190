import type { Within } from "./within.ts";

/** How an attachment is shown. `voice`: audio that was spoken for this message. */
export type AttachmentKind = "image" | "video" | "audio" | "voice" | "file";

/**
 * A file beside a message's text. Of a message that was accepted, `kind`, `type` and `size` are what the backend found
 * itself; all else is what the sender says, for display only.
 */
export interface Attachment {
  readonly fileId: string;
  readonly kind: AttachmentKind;
  /** Without a folder; in NFC, unless that would be too long a name. */
  readonly name: string;
  /** Media type, without parameters: `"image/png"`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  /** What to show until there is more: a few bytes that only clients need to understand, in base64. */
  readonly placeholder?: string;
  /** Loudness from first to last, 0 to 100. */
  readonly waveform?: readonly number[];
  /** A smaller image of it: a file of its own. */
  readonly thumbnailId?: string;
  /** Of a video, what is shown before it plays: a file of its own. */
  readonly posterId?: string;
}

interface OnFile extends Within {
  /** Minted by the client (UUIDv7), so that asking again does nothing twice. */
  readonly fileId: string;
}

/** Asks for addresses to put a file to, of which nobody knows yet. Asked again: what is missing of it. */
export interface FileUploadQuery extends OnFile {
  readonly type: "file.upload";
  readonly name: string;
  readonly size: number;
  readonly mediaType: string;
  /** SHA-256 of the whole file in base64: what arrives is compared with it. */
  readonly checksum?: string;
  /** It is the thumbnail or the poster of this file, which was asked for before and is none itself; it counts as part of that. */
  readonly previewOf?: string;
}

/** All parts were put: makes one file of them. */
export interface FileCompleteQuery extends OnFile {
  readonly type: "file.complete";
  /** What the answers to the puts said of each; none where nobody could read it. */
  readonly parts: readonly UploadedPart[];
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** Gives a file up that no message shows yet. */
export interface FileCancelQuery extends OnFile {
  readonly type: "file.cancel";
}

/** How far one's own file has got. */
export interface FileStateQuery extends OnFile {
  readonly type: "file.state";
}

/** Where a file can be read that a message of the conversation shows, or that is one's own. */
export interface FileDownloadQuery extends OnFile {
  readonly type: "file.download";
}

export type FileQuery =
  FileUploadQuery | FileCompleteQuery | FileCancelQuery | FileStateQuery | FileDownloadQuery;

/** A part to be put: HTTP PUT, with exactly these headers and exactly these bytes. */
export interface UploadPart {
  /** From 1. */
  readonly number: number;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
}

export interface UploadTicket {
  readonly fileId: string;
  /** Of all parts but the last, which holds the rest. */
  readonly partBytes: number;
  /** All of them, those received too; none of a file that is complete, or refused. */
  readonly parts: readonly UploadPart[];
  /** Numbers of parts that are there already. */
  readonly received: readonly number[];
  /** When the addresses stop working, server time in ms; ask again for others. */
  readonly expiresAt: number;
}

export interface FileState {
  readonly fileId: string;
  /** `open`: not completed. `scanning`: looked through, not to be seen yet. `refused`: for good, by `code`. */
  readonly state: "open" | "scanning" | "ready" | "refused";
  readonly code?: string;
  /** What was found, not what was said, once it is completed. */
  readonly mediaType: string;
  readonly size: number;
}

/** An address that answers GET for a while, to whoever has it. */
export interface FileLink {
  readonly url: string;
  /** Server time, ms. */
  readonly expiresAt: number;
}

/** It is given up. */
export interface FileGone {
  readonly fileId: string;
}

/** Which result answers which query about a file. */
export interface FileResults {
  readonly "file.upload": UploadTicket;
  readonly "file.complete": FileState;
  readonly "file.cancel": FileGone;
  readonly "file.state": FileState;
  readonly "file.download": FileLink;
}
