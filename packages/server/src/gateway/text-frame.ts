/**
 * A WebSocket text message as it goes over the wire from a server: one unmasked frame (RFC 6455, section 5.2). Made
 * here and not by `ws`, which would make the header anew for each of the sockets that get the same bytes, and hand
 * header and text to the kernel in two pieces.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + length);
  frame[0] = FINAL_TEXT;
  frame[1] = extended === 0 ? length : extended === 2 ? 126 : 127;
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, 2 + extended);
  return frame;
}

const FINAL_TEXT = 0x81;
