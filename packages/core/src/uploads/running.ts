import type { Cell, Scope } from "../base/observable.ts";
import { isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Attachment } from "../protocol/files.ts";
import { newJob, rangeOf, type UploadJob, type UploadSubject } from "./machine.ts";
import { createPace, type Pace } from "./progress.ts";
import type { StoredUpload, UploadStore } from "./store.ts";
import type { UploadState } from "./types.ts";

/** One upload in this life of the client: its job, and what belongs to this life only. */
export class Running {
  job: UploadJob;
  readonly attachment: Attachment;
  /** Of whose it is, for all its life: somebody else may be signed in before it ends. */
  readonly store: UploadStore;
  /** It began in another life. */
  isTakenUp = false;
  messageId: string | undefined;
  /** What sends or plans it: all that has been given, as any may be what is on storage. */
  commandIds: readonly string[] = [];
  /** Nobody else works on it. */
  isHeld = false;
  /** Lets others work on it. */
  release: () => void = () => {};
  /** Resolves once its bytes are on storage. */
  stored: Promise<void> = Promise.resolve();
  /** Settles with the last attempt to write down how far it has got. */
  saved: Promise<void> = Promise.resolve();
  /** Ends the attempt to get them there. */
  stopStoring: () => void = () => {};
  /** An alarm is set for then, client's clock as it was when it was set. */
  waitsUntil: number | undefined;
  /** Aborted when what is out is wanted no more. */
  flights: AbortController = new AbortController();
  /** Bytes that have left of parts that are out. */
  readonly loaded: Map<number, number> = new Map();
  readonly state: Cell<UploadState>;
  readonly #pace: Pace = createPace();
  #error: { readonly about: string; readonly error: MessagingError } | undefined;

  constructor(scope: Scope, store: UploadStore, job: UploadJob, attachment: Attachment, messageId?: string) {
    this.job = job;
    this.attachment = attachment;
    this.store = store;
    this.messageId = messageId;
    this.state = scope.cell(this.#shown());
  }

  /** As it was left on storage. A ticket, and what was out, died with that life (U4). */
  static restored(scope: Scope, store: UploadStore, stored: StoredUpload): Running {
    const { attachment, messageId, phase, sent, partBytes, code, ...subject } = stored;
    const job: UploadJob = { ...newJob(subjectOf(subject)), phase, sent, partBytes, code };
    const running = new Running(scope, store, job, attachment, messageId);
    running.commandIds = commandsOf(stored);
    running.isTakenUp = true;
    return running;
  }

  callBack(): void {
    this.flights.abort();
    this.flights = new AbortController();
    this.loaded.clear();
  }

  /** Shows how far it has got. */
  measure(now: number): void {
    this.#pace.mark(sentBytes(this), now);
    this.state.set(this.#shown());
  }

  #shown(): UploadState {
    const { phase, size, code } = this.job;
    const sent = phase === "ready" ? size : sentBytes(this);
    const bytesPerSecond = phase === "uploading" ? Math.round(this.#pace.bytesPerSecond()) : 0;
    const msLeft = bytesPerSecond > 0 ? Math.round(((size - sent) / bytesPerSecond) * 1_000) : undefined;
    if (code !== this.#error?.about)
      this.#error = code === undefined ? undefined : { about: code, error: refusalOf(code) };
    return { phase, sentBytes: sent, size, bytesPerSecond, msLeft, error: this.#error?.error };
  }
}

/** Why a file does not get there, in words of this version where it has any. */
export function refusalOf(code: string): MessagingError {
  const known = isErrorCode(code) ? code : "client/unknown";
  return new MessagingError(known, { message: `unable to upload the file; ${code}`, retryable: false });
}

export function storedOf({ job, attachment, messageId, commandIds }: Running): StoredUpload {
  const { phase, sent, partBytes, code } = job;
  const what = { ...subjectOf(job), attachment, messageId, commandIds };
  return { ...what, phase, sent: new Map(sent), partBytes, code };
}

/** What would send or plan the message of a file. */
export function commandsOf({ messageId, commandIds }: StoredUpload): readonly string[] {
  return commandIds ?? (messageId === undefined ? [] : [messageId]);
}

function subjectOf(subject: UploadSubject): UploadSubject {
  const { fileId, conversationId, name, size, mediaType, createdAt, previewOf } = subject;
  return { fileId, conversationId, name, size, mediaType, createdAt, previewOf };
}

function sentBytes({ job, loaded }: Running): number {
  let bytes = 0;
  for (const part of job.sent.keys()) {
    const [start, end] = rangeOf(job, part);
    bytes += end - start;
  }
  for (const sent of loaded.values()) bytes += sent;
  return Math.min(bytes, job.size);
}
