/** A file to be looked through. */
export interface ScannedFile {
  readonly fileId: string;
  readonly name: string;
  /** What was found, not what was said. */
  readonly mediaType: string;
  readonly size: number;
  readonly conversationId: string;
  readonly ownerId: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Aborted when nobody waits for the verdict any more. */
  readonly signal: AbortSignal;
}

/** `refused`: nobody is to see it, though it is not malware: what your rules say. */
export type ScanVerdict = "clean" | "infected" | "refused";

/** Looks through a file before anybody sees it. What it throws is no verdict: it is asked again later. */
export type Scan = (file: ScannedFile) => Promise<ScanVerdict>;

/** Rejects when the signal is aborted, whether or not `scan` listens to it. */
export function scanWithin(scan: Scan, file: ScannedFile): Promise<ScanVerdict> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error("unable to scan the file; the scanner takes too long"));
    if (file.signal.aborted) return giveUp();
    file.signal.addEventListener("abort", giveUp, { once: true });
    scan(file)
      .then(resolve, reject)
      .finally(() => file.signal.removeEventListener("abort", giveUp));
  });
}
