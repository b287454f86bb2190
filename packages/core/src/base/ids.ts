import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7): unique, and ascending within one maker.
 *
 * The 12 bits after the timestamp count within a millisecond (method 1 of section 6.2); when they run out, or the
 * clock steps back, the timestamp runs ahead of the clock instead, so order never breaks. Order between makers
 * means nothing: the backend's sequence orders messages (D3).
 */
export function createIds(clock: Clock, random: Random): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const now = Math.floor(clock.now()); // a fraction would not be hexadecimal
    if (now > lastMs) {
      lastMs = now;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    return format(lastMs, counter, random.fill(new Uint8Array(8)));
  };
}

/** In pieces of at most 32 bits: to write out a longer number takes ten times as long. */
function format(ms: number, counter: number, chance: Uint8Array<ArrayBuffer>): string {
  const bits = new DataView(chance.buffer);
  const time = `${hex(Math.floor(ms / 0x10000), 8)}-${hex(ms % 0x10000, 4)}`;
  const head = hex((bits.getUint16(0) & 0x3fff) | 0x8000, 4); // the variant bits, 10
  return `${time}-7${hex(counter, 3)}-${head}-${hex(bits.getUint16(2), 4)}${hex(bits.getUint32(4), 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
