import { createHash } from "node:crypto";
import { fileFault, fileNameOf, uploadObstacle } from "@tidings/core/domain";
import { entryOf, type ErrorCode } from "@tidings/core/errors";
import type {
  ConversationSummary,
  FileCompleteQuery,
  FileLimits,
  FileQuery,
  FileState,
  FileUploadQuery,
  Limits,
  QueryResults,
  UploadTicket,
} from "@tidings/core/protocol";
import type { Clock } from "../engine/clock.ts";
import type { FileDesk } from "../engine/file-desk.ts";
import { isOutlived } from "../engine/outlived.ts";
import { refuse } from "../engine/packets.ts";
import type { Meter } from "../observe/meter.ts";
import { type FileRecord, type FileTable, noSuchFile } from "../store/files.ts";
import type { Erasures } from "../store/erasures.ts";
import type { Answer, Refusal } from "../store/store.ts";
import { Damaged, type FileStore, partBytesOf, partLengths, type Upload } from "./file-store.ts";
import { Quarantine } from "./quarantine.ts";
import type { Scan } from "./scan.ts";
import { isShownInline, mediaTypeOf, SNIFFED_BYTES } from "./sniff.ts";

export interface FilesOptions {
  readonly table: FileTable;
  /** Default: nobody is remembered as erased. */
  readonly erasures?: Erasures | undefined;
  readonly store: FileStore;
  readonly limits: Limits;
  readonly bytesPerUser: number;
  /** How long addresses are good. */
  readonly uploadMs: number;
  readonly downloadMs: number;
  readonly scan: Scan | undefined;
  readonly scanTimeoutMs: number;
  /** A file is shown all the same if nobody can look through it. */
  readonly isFailOpen: boolean;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly onFailure: (error: unknown) => void;
}

/** Thumbnail and poster. */
const PREVIEWS = 2;

/** Files on their way in and out: who may, what they are, and what becomes of those nobody needs. */
export class Files implements FileDesk {
  readonly #options: FilesOptions;
  readonly #quarantine: Quarantine;
  readonly #over = new AbortController();

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#quarantine = new Quarantine({ ...options, over: this.#over.signal });
  }

  /** @param summary - of the conversation, as the one who asks may see it. */
  async answer(userId: string, query: FileQuery, summary: ConversationSummary): Promise<Answer> {
    const { table, limits } = this.#options;
    if (!limits.files) return keepsNone;
    const { fileId, conversationId } = query;
    if (query.type === "file.upload") return this.#upload(userId, query, summary, limits.files);
    const file = await table.find(fileId);
    const isOwn = file?.ownerId === userId && file.conversationId === conversationId;
    if (query.type === "file.download") {
      const isShown = await table.isShown(fileId, conversationId);
      return file && (isOwn || isShown) ? this.#download(file) : noSuchFile;
    }
    if (!file || !isOwn) return noSuchFile;
    switch (query.type) {
      case "file.complete":
        return this.#complete(file, query, limits.files);
      case "file.state":
        return answered<"file.state">(stateOf(this.#quarantine.lookAfter(file)));
      case "file.cancel":
        return this.#cancel(file);
    }
  }

  /** Deletes what nobody needs, and looks again through what nobody has done with. */
  async sweep(): Promise<void> {
    const { table, clock } = this.#options;
    await this.#quarantine.sweep();
    for (;;) {
      const files = await table.due(clock.now());
      const gone: string[] = [];
      for (const file of files) if (await this.#deleted(file)) gone.push(file.fileId);
      if (gone.length > 0) await table.remove(gone);
      if (gone.length === 0) return;
      this.#options.meter.add("file", "deleted", gone.length);
    }
  }

  close(): void {
    this.#over.abort();
  }

  async #upload(
    userId: string,
    query: FileUploadQuery,
    { conversation, self }: ConversationSummary,
    limits: FileLimits,
  ): Promise<Answer> {
    const { table, store, clock, bytesPerUser, onFailure } = this.#options;
    const { type: _type, ...asked } = query;
    const createdAt = clock.now();
    const context = { actorId: userId, at: createdAt, limits: this.#options.limits };
    const fault = uploadObstacle(conversation, self, context) ?? fileFault(query, limits);
    if (fault) return because(fault);
    const name = fileNameOf(query.name);
    const known = await table.find(query.fileId);
    const uploadId = known ? undefined : await store.begin(uploadOf({ ...asked, fileId: query.fileId }));
    const file: FileRecord = {
      ...{ ...asked, name, ownerId: userId, createdAt, state: "open" },
      ...(uploadId !== undefined && { uploadId }),
    };
    const quota = { perHour: limits.perHour, previews: PREVIEWS, bytes: bytesPerUser };
    const opened = await table.open(file, quota);
    if (uploadId !== undefined && (!opened.ok || opened.file.uploadId !== uploadId))
      await store.abort(uploadOf(file)).catch(onFailure);
    if (!opened.ok) return opened;
    if (await this.#isOutlived(opened.file, createdAt)) return noSuchFile;
    return answered<"file.upload">(await this.#ticket(opened.file));
  }

  /** Its owner was erased meanwhile: whoever saw to that may not have found it yet. @returns is it gone? */
  async #isOutlived(file: FileRecord, since: number): Promise<boolean> {
    const { table, erasures } = this.#options;
    if (!isOutlived(since, await erasures?.of(file.ownerId))) return false;
    await table.abandon(file.fileId);
    if (await this.#deleted(file)) await table.remove([file.fileId]);
    return true;
  }

  async #ticket(file: FileRecord): Promise<UploadTicket> {
    const { store, clock, uploadMs } = this.#options;
    const upload = uploadOf(file);
    const expiresAt = clock.now() + uploadMs;
    const parts = this.#lengthsOf(file).map((length, index) =>
      store.presign(upload, index + 1, length, expiresAt),
    );
    const received = file.state === "open" ? await store.received(upload) : [];
    return {
      fileId: file.fileId,
      partBytes: store.partBytes?.(file.size) ?? partBytesOf(file.size),
      parts: file.state === "open" ? await Promise.all(parts) : [],
      received: received.map(({ number }) => number),
      expiresAt,
    };
  }

  #lengthsOf({ size }: FileRecord): readonly number[] {
    return partLengths(size, this.#options.store.partBytes?.(size));
  }

  async #complete(file: FileRecord, query: FileCompleteQuery, limits: FileLimits): Promise<Answer> {
    if (file.state !== "open") return answered<"file.complete">(stateOf(this.#quarantine.lookAfter(file)));
    try {
      return await this.#completed(file, query, limits);
    } catch (error) {
      // Given up meanwhile: what its bytes, or the lack of them, came to is of no interest.
      if (!(await this.#options.table.find(file.fileId))) return noSuchFile;
      if (!(error instanceof Damaged)) throw error;
      this.#options.meter.add("file", "damaged");
      return because("file/damaged");
    }
  }

  /** @throws {Damaged} */
  async #completed(file: FileRecord, query: FileCompleteQuery, limits: FileLimits): Promise<Answer> {
    const { table, store, scan, clock, meter } = this.#options;
    await this.#assemble(file, query);
    const first = await store.first(file.fileId, SNIFFED_BYTES);
    const mediaType = await mediaTypeOf(first, file.mediaType);
    const fault = fileFault({ size: file.size, mediaType }, limits);
    const state = fault ? "refused" : scan ? "scanning" : "ready";
    const change = { state, mediaType, ...(fault && { fault }) } as const;
    const changed = await table.change(file.fileId, "open", { ...change, scannedAt: clock.now() });
    if (fault) await store.delete(file.fileId);
    meter.add("file", fault ? "refused" : "completed");
    meter.observe("fileBytes", file.size);
    const now = changed ?? (await table.find(file.fileId));
    if (!now) {
      // It was called off, or its owner erased, meanwhile: whoever saw to that may not have found it yet.
      await store.delete(file.fileId);
      return noSuchFile;
    }
    if (now.state === "scanning") this.#quarantine.look(now);
    return answered<"file.complete">(stateOf(now));
  }

  /** @throws {Damaged} if what was put is not the file that was announced; it may be put again. */
  async #assemble(file: FileRecord, { parts: told }: FileCompleteQuery): Promise<void> {
    const { store } = this.#options;
    const { fileId, size, checksum } = file;
    const upload = uploadOf(file);
    if ((await store.size(fileId)) !== size) {
      try {
        await this.#join(file, upload, told);
      } catch (error) {
        if ((await store.size(fileId)) !== size) throw error; // Another node was faster, and has taken the parts along.
      }
    }
    const isWhole =
      (await store.size(fileId)) === size && (!checksum || (await this.#digest(fileId)) === checksum);
    if (isWhole) return;
    await store.delete(fileId);
    const uploadId = await store.begin(upload);
    if (uploadId !== undefined) await this.#options.table.change(fileId, "open", { uploadId });
    throw new Damaged("it is not what was announced");
  }

  async #join(file: FileRecord, upload: Upload, told: FileCompleteQuery["parts"]): Promise<void> {
    const { store } = this.#options;
    const put = new Map((await store.received(upload)).map((part) => [part.number, part]));
    for (const { number, etag } of told)
      if (put.get(number)?.etag !== etag) throw new Damaged(`part ${number} is not what was put`);
    const lengths = this.#lengthsOf(file);
    const parts = lengths.flatMap((_length, index) => put.get(index + 1) ?? []);
    if (parts.length !== lengths.length) throw new Damaged("parts are missing");
    await store.complete(upload, parts);
  }

  async #digest(fileId: string): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of this.#options.store.stream(fileId, this.#over.signal)) hash.update(chunk);
    return hash.digest("base64");
  }

  async #download(file: FileRecord): Promise<Answer> {
    const { store, clock, downloadMs } = this.#options;
    const { fileId, name, mediaType, state, fault } = file;
    if (fault) return because(fault);
    if (state !== "ready") return because("file/not-ready");
    const expiresAt = clock.now() + downloadMs;
    const served = { name, mediaType, isInline: isShownInline(mediaType) };
    return answered<"file.download">({ url: await store.link(fileId, served, expiresAt), expiresAt });
  }

  async #cancel(file: FileRecord): Promise<Answer> {
    const { fileId } = file;
    if (!(await this.#options.table.abandon(fileId))) return because("file/denied");
    await this.#deleted(file);
    return answered<"file.cancel">({ fileId });
  }

  /** @returns false if its bytes are still there: it is tried again. */
  async #deleted(file: FileRecord): Promise<boolean> {
    const { store, onFailure } = this.#options;
    try {
      await store.abort(uploadOf(file));
      await store.delete(file.fileId);
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    }
  }
}

function uploadOf({
  fileId: key,
  size,
  mediaType,
  uploadId,
}: Pick<FileRecord, "fileId" | "size" | "mediaType" | "uploadId">): Upload {
  return { key, size, mediaType, ...(uploadId !== undefined && { uploadId }) };
}

function stateOf({ fileId, state, fault: code, mediaType, size }: FileRecord): FileState {
  return { fileId, state: state === "gone" ? "refused" : state, ...(code && { code }), mediaType, size };
}

function answered<Type extends FileQuery["type"]>(result: QueryResults[Type]): Answer {
  return { ok: true, result };
}

function because(code: ErrorCode): Refusal {
  const { text } = entryOf(code);
  const reason = text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/u, "");
  return refuse(code, `unable to go on with the file; ${reason}`);
}

const keepsNone: Refusal = refuse("command/unsupported", "unable to answer; this server keeps no files");
