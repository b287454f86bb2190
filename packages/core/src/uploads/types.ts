import type { Observable } from "../base/observable.ts";
import type { ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { Attachment, AttachmentKind } from "../protocol/files.ts";
import type { UploadLocks } from "./locks.ts";
import type { UploadPhase } from "./machine.ts";
import type { Fetch, PartSender } from "./put-part.ts";

export interface UploadsOptions {
  /** How parts are sent. Default: by `XMLHttpRequest` where there is one, as it tells how far it has got; else by `fetch`. */
  readonly fetch?: Fetch;
  readonly send?: PartSender;
  /** How many parts may be out at once, of all files. Default 3. */
  readonly parallel?: number;
  /** Who of several tabs works on a file. Default: the browser's locks, where there are any. */
  readonly locks?: UploadLocks;
}

/** What is known of a file beside its bytes, for those who see it before they have it. */
export interface UploadAbout extends Omit<
  Partial<Attachment>,
  "fileId" | "size" | "thumbnailId" | "posterId"
> {
  readonly kind?: AttachmentKind;
  /** A smaller image of it. */
  readonly thumbnail?: Blob;
  /** Of a video, what is shown before it plays. */
  readonly poster?: Blob;
}

/** How an upload is doing. The same object until something about it changes. */
export interface UploadState {
  readonly phase: UploadPhase;
  readonly sentBytes: number;
  readonly size: number;
  /** Smoothed; 0 while nothing moves. */
  readonly bytesPerSecond: number;
  /** Until all bytes are there, at this pace; `undefined` while nobody can tell. */
  readonly msLeft: number | undefined;
  /** Why it was refused. */
  readonly error: MessagingError | undefined;
}

/** A file on its way. What it is for goes out by itself once it has arrived. */
export interface Upload {
  readonly fileId: string;
  readonly conversationId: string;
  /** For `Draft.attachments`. */
  readonly attachment: Attachment;
  /** The message it belongs to, once there is one, be it planned or on its way. */
  readonly messageId: string | undefined;
  /** It was added in an earlier life of the app, or in a tab that was closed. */
  readonly isTakenUp: boolean;
  readonly state: Observable<UploadState>;
  /** Resolves once its bytes are durable; rejects where they could not be kept. */
  readonly stored: Promise<void>;
  pause(): void;
  /** Goes on where it was; also with what was refused, from what the backend has of it. */
  resume(): void;
  /** Gives it up, here and at the backend. Of a message: cancel that. */
  cancel(): void;
}

/** The files of one client's user on their way. */
export interface Uploads {
  /** The oldest first; those that arrived too, until the message that has them is sent. */
  readonly list: Observable<readonly Upload[]>;
  find(fileId: string): Upload | undefined;
  /**
   * Takes a file in: on this device at once, and to the backend as soon as there is a link.
   *
   * @throws {MessagingError} `upload/unsupported` where there is no room for files by nature; `command/unsupported` where the
   *   backend keeps none; `file/denied`, `file/too-large`, `file/type-refused` with what would put it right; `auth/required` while
   *   `client.userId` is unknown: a file would be nobody's
   */
  add(conversationId: string, file: Blob, about?: UploadAbout): Upload;
  /**
   * What stands against a file before it is taken in; empty if nothing does.
   *
   * @param conversationId - where: then it is also whether the user may put files there, as far as is known here.
   */
  check(file: Pick<Blob, "size" | "type">, conversationId?: string): readonly ErrorIssue[];
  /** What is on this device of a file that is not there yet, or has only just arrived: for a preview. */
  bytes(fileId: string): Promise<Blob | undefined>;
  /** Where a file of a message can be read, for a while; asked for again before that ends. */
  link(conversationId: string, fileId: string): Promise<FileAddress>;
}

export interface FileAddress {
  readonly url: string;
  /** When to ask again, client's clock in ms. */
  readonly renewAt: number;
}
