/** A blob whose bytes are at hand at once: those of the platform are read on threads, which no seed orders. */
export class MemoryBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>, type: string) {
    super([], { type });
    this.#bytes = bytes;
  }

  override get size(): number {
    return this.#bytes.length;
  }

  override slice(start?: number, end?: number, type = ""): MemoryBlob {
    return new MemoryBlob(this.#bytes.subarray(start, end), type);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.slice().buffer);
  }
}
