import type { ErrorCode } from "@tidings/core/errors";
import type { Clock } from "../engine/clock.ts";
import type { Meter } from "../observe/meter.ts";
import type { FileRecord, FileTable } from "../store/files.ts";
import type { FileStore } from "./file-store.ts";
import { type Scan, scanWithin } from "./scan.ts";

export interface QuarantineOptions {
  readonly table: FileTable;
  readonly store: FileStore;
  readonly scan: Scan | undefined;
  readonly scanTimeoutMs: number;
  /** A file is shown all the same if nobody can look through it. */
  readonly isFailOpen: boolean;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Aborted when the server closes. */
  readonly over: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** Files looked through at once. */
const SCANS = 2;

/** Where files are until somebody has looked through them. What nobody could look through stays here. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  /** Being looked through here. */
  readonly #scanning = new Set<string>();
  readonly #waiting: FileRecord[] = [];

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** What nobody looks through is looked through here: the node that had begun may be gone. */
  lookAfter(file: FileRecord): FileRecord {
    const { clock, scanTimeoutMs } = this.#options;
    const isStale = file.state === "scanning" && (file.scannedAt ?? 0) <= clock.now() - scanTimeoutMs;
    if (isStale) this.look(file);
    return file;
  }

  look(file: FileRecord): void {
    if (this.#scanning.has(file.fileId)) return;
    if (this.#scanning.size >= SCANS) {
      if (!this.#waiting.some(({ fileId }) => fileId === file.fileId)) this.#waiting.push(file);
      return;
    }
    this.#scanning.add(file.fileId);
    this.#scan(file)
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#scanning.delete(file.fileId);
        const next = this.#waiting.shift();
        if (next && !this.#options.over.aborted) this.look(next);
      });
  }

  async #scan(file: FileRecord): Promise<void> {
    const { table, store, scan, scanTimeoutMs, isFailOpen, clock, meter, over, onFailure } = this.#options;
    const { fileId } = file;
    // So that no other node begins too, as long as this one may still be at it.
    if (!(await table.change(fileId, "scanning", { scannedAt: clock.now() }))) return;
    const late = new AbortController();
    const cancel = clock.every(scanTimeoutMs, () => late.abort());
    const signal = AbortSignal.any([late.signal, over]);
    const startedAt = clock.now();
    let verdict = "failed";
    try {
      const bytes = allOf(file, store.stream(fileId, signal));
      verdict = scan ? await scanWithin(scan, { ...file, bytes, signal }) : "clean";
    } catch (error) {
      if (over.aborted) return;
      onFailure(error);
      if (!isFailOpen) meter.add("scan", "failed");
    } finally {
      cancel();
    }
    meter.since("scan", startedAt);
    if (verdict === "failed" && !isFailOpen) return; // Nobody sees it; it is looked at again.
    if (verdict !== "failed") meter.add("scan", verdict);
    if (verdict === "clean" || verdict === "failed") {
      await table.change(fileId, "scanning", { state: "ready" });
      return;
    }
    const fault: ErrorCode = verdict === "infected" ? "file/infected" : "file/type-refused";
    await table.change(fileId, "scanning", { state: "refused", fault });
    await store.delete(fileId);
  }
}

/** All the bytes of a file: whoever looks through fewer, or more, has not looked through what is shown. */
async function* allOf({ size }: FileRecord, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (count > size) break;
    yield chunk;
  }
  if (count !== size) throw new Error("unable to scan the file; it is not as long as was announced");
}
