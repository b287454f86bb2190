/**
 * Reads how long the frames of a client are (RFC 6455, section 5.2), out of the bytes as they come; `ws` tells only of
 * whole messages.
 */
export function frameLengths(tell: (length: number) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let rest = 0;
  return (chunk) => {
    let bytes = chunk;
    while (bytes.length > 0) {
      const skipped = Math.min(rest, bytes.length);
      rest -= skipped;
      bytes = bytes.subarray(skipped);
      if (bytes.length === 0) return;
      header = Buffer.concat([header, bytes.subarray(0, 1)]);
      bytes = bytes.subarray(1);
      const [, second = 0] = header;
      const short = second & 0x7f;
      const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & 0x80 ? MASK : 0);
      if (header.length < Math.max(2, size)) continue;
      rest = short < 126 ? short : short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
      header = Buffer.alloc(0);
      tell(rest);
    }
  };
}

const MASK = 4;
