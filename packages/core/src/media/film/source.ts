/** A file that may be larger than memory: some of its bytes at a time. */
export interface Source {
  readonly size: number;
  /** @throws {RangeError} beyond its end */
  bytes(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes that take the place of others; absent, zeros. */
export interface Patch {
  readonly at: number;
  readonly length: number;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** Read ahead: what is asked for is mostly small, and close together. */
const AHEAD = 262_144;
const ZEROS = 65_536;

export function sourceOf(blob: Blob): Source {
  let from = 0;
  let ahead = new Uint8Array();
  const read = async (at: number, length: number): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
  return {
    size: blob.size,
    async bytes(at, length) {
      if (at < 0 || at + length > blob.size) throw new RangeError("the file ends before");
      if (length > AHEAD) return read(at, length);
      if (at < from || at + length > from + ahead.length) [from, ahead] = [at, await read(at, AHEAD)];
      return ahead.slice(at - from, at - from + length);
    },
  };
}

/**
 * The first `size` bytes of a blob, some of them replaced. Nothing is copied that stays.
 *
 * @throws {RangeError} if two patches overlap, or one lies outside
 */
export function patched(blob: Blob, patches: readonly Patch[], size: number): Blob {
  const parts: BlobPart[] = [];
  let from = 0;
  for (const { at, length, bytes } of patches.toSorted((one, other) => one.at - other.at)) {
    if (at < from || at + length > size) throw new RangeError("a part lies within another, or outside");
    parts.push(blob.slice(from, at), ...(bytes ? [bytes] : zeros(length)));
    from = at + length;
  }
  return new Blob([...parts, blob.slice(from, size)], { type: blob.type });
}

function zeros(length: number): readonly Uint8Array<ArrayBuffer>[] {
  const one = new Uint8Array(Math.min(length, ZEROS));
  const whole = Array.from({ length: Math.floor(length / ZEROS) }, () => one);
  return [...whole, one.subarray(0, length % ZEROS)];
}
