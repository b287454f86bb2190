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
/** Files that wait to be (D9); of more, a sweep finds out. */
const MOST_WAITING = 1_000;

/** Where files are until somebody has looked through them. What nobody could look through stays here. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  /** Being looked through here. */
  readonly #scanning = new Set<string>();
  readonly #waiting = new Map<string, FileRecord>();
  /** There may be more that nobody looks through: some were found, and the scanner answers. */
  #isBehind = false;

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
    const { fileId } = file;
    if (this.#scanning.has(fileId)) return;
    if (this.#scanning.size < SCANS) void this.#take(file);
    else if (this.#waiting.size < MOST_WAITING) this.#waiting.set(fileId, file);
    else this.#isBehind = true;
  }

  /**
   * Looks after what waits longest, and after what comes behind it for as long as there are verdicts: while the scanner is
   * away, what it had no answer to is left to the next sweep.
   */
  async sweep(): Promise<void> {
    const { table, clock, scanTimeoutMs } = this.#options;
    this.#isBehind = false;
    for (const file of await table.unscanned(clock.now() - scanTimeoutMs)) this.look(file);
  }

  async #take(file: FileRecord): Promise<void> {
    const { over, onFailure } = this.#options;
    const { fileId } = file;
    this.#scanning.add(fileId);
    try {
      this.#isBehind = (await this.#scan(file)) || this.#isBehind;
    } catch (error) {
      onFailure(error);
    }
    this.#scanning.delete(fileId);
    if (over.aborted) return;
    const [next] = this.#waiting.values();
    if (next) {
      this.#waiting.delete(next.fileId);
      this.look(next);
    } else if (this.#isBehind && this.#scanning.size === 0) await this.sweep().catch(onFailure);
  }

  /** @returns was there a verdict? */
  async #scan(file: FileRecord): Promise<boolean> {
    const { table, store, scan, scanTimeoutMs, isFailOpen, clock, meter, over, onFailure } = this.#options;
    const { fileId } = file;
    // So that no other node begins too, as long as this one may still be at it.
    if (!(await table.change(fileId, "scanning", { scannedAt: clock.now() }))) return false;
    const late = new AbortController();
    const cancel = clock.every(scanTimeoutMs, () => late.abort());
    const signal = AbortSignal.any([late.signal, over]);
    const startedAt = clock.now();
    let verdict = "failed";
    try {
      const bytes = allOf(file, store.stream(fileId, signal));
      verdict = scan ? await scanWithin(scan, { ...file, bytes, signal }) : "clean";
    } catch (error) {
      if (over.aborted) return false;
      onFailure(error);
      if (!isFailOpen) meter.add("scan", "failed");
    } finally {
      cancel();
    }
    meter.since("scan", startedAt);
    if (verdict !== "failed") meter.add("scan", verdict);
    else if (!isFailOpen) return false; // Nobody sees it; it is looked at again.
    if (verdict === "clean" || verdict === "failed") {
      await table.change(fileId, "scanning", { state: "ready" });
      return true;
    }
    const fault: ErrorCode = verdict === "infected" ? "file/infected" : "file/type-refused";
    await table.change(fileId, "scanning", { state: "refused", fault });
    await store.delete(fileId);
    return true;
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
