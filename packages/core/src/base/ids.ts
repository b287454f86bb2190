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

function format(ms: number, counter: number, chance: Uint8Array): string {
  const time = ms.toString(16).padStart(12, "0");
  const head = ((chance[0] ?? 0) % 64) | 0x80; // the variant bits, 10
  const tail = Array.from(chance.subarray(1), hexByte).join("");
  const low = hexByte(head) + tail;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${low.slice(0, 4)}-${low.slice(4)}`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
