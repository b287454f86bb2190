import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessagingError } from "@tidings/core/errors";
import type { FileStore } from "../files/file-store.ts";
import { archiveError } from "../store/archive-error.ts";
import type { FileLine } from "../store/archive.ts";
import type { BytesLine } from "./lines.ts";

export interface FileIntakeOptions {
  /** Where bytes go. */
  readonly store: FileStore | undefined;
  /** The folder that has them; bytes that come in lines are put together in one that passes. */
  readonly dir: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Takes the bytes of an archive's files, each compared with what its line says. */
export class FileIntake {
  readonly #store: FileStore | undefined;
  readonly #dir: string | undefined;
  readonly #signal: AbortSignal;
  readonly #kept: string[] = [];
  #spool: string | undefined;

  constructor({ store, dir, signal }: FileIntakeOptions) {
    this.#store = store;
    this.#signal = signal ?? new AbortController().signal;
    this.#dir = dir;
  }

  /** Some bytes of a file whose line comes. */
  async add({ fileId, at, data }: BytesLine): Promise<void> {
    this.#spool ??= await mkdtemp(join(tmpdir(), "tidings-import-"));
    const path = join(this.#spool, fileId);
    // What the check before has left.
    if (at === 0) await rm(path, { force: true });
    await appendFile(path, Buffer.from(data, "base64"));
  }

  /** @throws {MessagingError} `archive/damaged` if the bytes are not those of the line. */
  async check(line: FileLine, number: number): Promise<void> {
    if (line.sha256 === undefined) return;
    for await (const _chunk of this.#verified(line, number));
    await this.#passed(line);
  }

  /** As `check`, and keeps them. What is there already is somebody else's: it is never written over, nor deleted. */
  async take(line: FileLine, number: number): Promise<void> {
    if (line.sha256 === undefined) return;
    const store = this.#wanted();
    const { fileId: key } = line;
    if ((await store.size(key)) === undefined) {
      this.#kept.push(key);
      await this.#keep(store, line, number);
    } else if (!(await this.#isThere(store, line)))
      throw archiveError("archive/conflict", `there are other bytes of the file ${key} already`, number);
    await this.#passed(line);
  }

  /** Of a file that was taken before: puts its bytes where they are missing. They stay, whatever comes. */
  async heal(line: FileLine, number: number): Promise<void> {
    const store = this.#store;
    if (line.sha256 === undefined || !store) return;
    if ((await store.size(line.fileId)) === undefined) await this.#keep(store, line, number);
    await this.#passed(line);
  }

  /** Of a file that is not taken. */
  async drop(line: FileLine): Promise<void> {
    await this.#passed(line);
  }

  /** Nothing came of it: what was kept goes again. */
  async undo(): Promise<void> {
    for (const key of this.#kept.splice(0)) await this.#store?.delete(key);
  }

  async close(): Promise<void> {
    if (this.#spool !== undefined) await rm(this.#spool, { recursive: true, force: true });
  }

  #keep(store: FileStore, line: FileLine, number: number): Promise<void> {
    const { fileId: key, size, mediaType } = line;
    return store.keep({ key, size, mediaType }, this.#verified(line, number));
  }

  async #isThere(store: FileStore, { fileId, size, sha256 }: FileLine): Promise<boolean> {
    if ((await store.size(fileId)) !== size) return false;
    const hash = createHash("sha256");
    for await (const chunk of store.stream(fileId, this.#signal)) hash.update(chunk);
    return hash.digest("hex") === sha256;
  }

  #wanted(): FileStore {
    if (this.#store) return this.#store;
    const message = "unable to import; there are files with the archive, and this server keeps none";
    throw new MessagingError("client/misused", { message });
  }

  async *#verified(line: FileLine, number: number): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    // Of none there are no bytes in lines either.
    if (line.size > 0) {
      const path = this.#pathOf(line);
      const found = await stat(path).catch(() => undefined);
      if (found?.size !== line.size)
        throw archiveError(
          "archive/damaged",
          `the file ${line.fileId} is missing, or has another size`,
          number,
        );
      for await (const chunk of createReadStream(path, { signal: this.#signal })) {
        const bytes: Uint8Array = chunk;
        hash.update(bytes);
        yield bytes;
      }
    }
    if (hash.digest("hex") !== line.sha256)
      throw archiveError("archive/damaged", `the file ${line.fileId} is not what was written`, number);
  }

  #pathOf({ fileId }: FileLine): string {
    const dir = this.#spool ?? this.#dir;
    if (dir !== undefined) return join(dir, fileId);
    const message = "unable to import; the files are beside the archive: name their folder with --with-files";
    throw new MessagingError("client/misused", { message });
  }

  /** What was put together here is not needed any more. */
  async #passed({ fileId }: FileLine): Promise<void> {
    if (this.#spool !== undefined) await rm(join(this.#spool, fileId), { force: true });
  }
}
